package harness;

import static java.util.Map.entry;

import groovy.lang.Closure;
import groovy.lang.GString;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.codehaus.groovy.runtime.ScriptBytecodeAdapter;
import org.jenkinsci.plugins.scriptsecurity.sandbox.RejectedAccessException;
import org.kohsuke.groovy.sandbox.GroovyInterceptor;

/**
 * Refuses what the sandbox of Jenkins refuses. The lists are the part of Jenkins' own that this library has use for, so
 * what is not here may be allowed there: look it up in script-security's generic-whitelist before adding it.
 */
final class Sandbox extends GroovyInterceptor {
    private static final Map<Class<?>, Set<String>> METHODS = Map.ofEntries(
            entry(PipelineScript.class, Set.of("invokeMethod")),
            entry(EnvVariable.class, Set.of("getProperty", "setProperty")),
            entry(Object.class, Set.of("getClass", "toString")),
            entry(Closure.class, Set.of("call")),
            entry(CharSequence.class, Set.of("contains", "length", "plus", "readLines", "replaceAll", "split", "startsWith",
                    "substring", "tokenize", "trim")),
            entry(Collection.class, Set.of("any", "collect", "collectEntries", "collectMany", "contains", "each", "every",
                    "find", "findAll", "join", "minus", "plus", "reverse", "toList", "unique")),
            entry(Object[].class, Set.of("collect", "toList")),
            entry(Map.class, Set.of("collect", "collectEntries", "collectMany", "containsKey", "each", "every", "findAll",
                    "get", "keySet", "plus", "put", "remove")),
            entry(Map.Entry.class, Set.of("getValue")),
            entry(Class.class, Set.of("getSimpleName", "isInstance")),
            entry(Throwable.class, Set.of("getMessage")));
    private static final Map<Class<?>, Set<String>> STATIC_METHODS = Map.of(
            UUID.class, Set.of("randomUUID"),
            ScriptBytecodeAdapter.class, Set.of("asType", "compareEqual", "compareNotEqual", "findRegex", "isCase",
                    "matchRegex"));

    private static boolean allows(Map<Class<?>, Set<String>> list, Class<?> type, String name) {
        return list.entrySet().stream()
                .anyMatch(entry -> entry.getKey().isAssignableFrom(type) && entry.getValue().contains(name));
    }

    /** What a script defines itself, or what {@code invokeMethod} makes a step of. */
    private static boolean isStepOrOwn(Object receiver, String method) {
        return receiver instanceof PipelineScript
                && Stream.of(PipelineScript.class.getMethods()).noneMatch(inherited -> inherited.getName().equals(method));
    }

    private static void refuse(String kind, Class<?> type, String name) {
        throw new RejectedAccessException(kind + " " + type.getName() + " " + name);
    }

    @Override
    public Object onMethodCall(Invoker invoker, Object receiver, String method, Object... arguments) throws Throwable {
        if (!allows(METHODS, receiver.getClass(), method) && !isStepOrOwn(receiver, method)) {
            refuse("method", receiver.getClass(), method);
        }
        return invoker.call(receiver, method, arguments);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object onStaticCall(Invoker invoker, Class receiver, String method, Object... arguments) throws Throwable {
        if (!allows(STATIC_METHODS, receiver, method)) {
            refuse("staticMethod", receiver, method);
        }
        return invoker.call(receiver, method, arguments);
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Object onNewInstance(Invoker invoker, Class receiver, Object... arguments) throws Throwable {
        if (!GString.class.isAssignableFrom(receiver) && receiver != PipelineScript.class) {
            refuse("new", receiver, "");
        }
        return invoker.call(receiver, null, arguments);
    }

    @Override
    public Object onGetProperty(Invoker invoker, Object receiver, String property) throws Throwable {
        String getter = "get" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
        if (!(receiver instanceof PipelineScript || receiver instanceof EnvVariable || receiver == null)
                && !allows(METHODS, receiver.getClass(), getter)) {
            refuse("method", receiver.getClass(), getter);
        }
        return invoker.call(receiver, property);
    }

    @Override
    public Object onSetProperty(Invoker invoker, Object receiver, String property, Object value) throws Throwable {
        if (!(receiver instanceof Map || receiver instanceof EnvVariable)) {
            refuse("property", receiver.getClass(), property);
        }
        return invoker.call(receiver, property, value);
    }

    @Override
    public Object onGetArray(Invoker invoker, Object receiver, Object index) throws Throwable {
        if (!(receiver instanceof Map || receiver instanceof List || receiver instanceof Object[])) {
            refuse("staticMethod", receiver.getClass(), "getAt");
        }
        return invoker.call(receiver, null, index);
    }

    @Override
    public Object onSetArray(Invoker invoker, Object receiver, Object index, Object value) throws Throwable {
        if (!(receiver instanceof Map || receiver instanceof List || receiver instanceof Object[])) {
            refuse("staticMethod", receiver.getClass(), "putAt");
        }
        return invoker.call(receiver, null, index, value);
    }
}
