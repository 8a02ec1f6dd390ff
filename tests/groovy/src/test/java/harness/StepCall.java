package harness;

import groovy.lang.Closure;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;

/** A call of a step: {@code name value}, {@code name(key: value)}, each with or without a body. */
record StepCall(String name, Map<?, ?> named, Object value, Closure<?> body) {
    static StepCall of(String name, Object... arguments) {
        LinkedList<Object> rest = new LinkedList<>(Arrays.asList(arguments));
        Closure<?> body = !rest.isEmpty() && rest.getLast() instanceof Closure<?> closure ? closure : null;
        if (body != null) {
            rest.removeLast();
        }
        if (rest.size() > 1) {
            throw new IllegalArgumentException("Expected named arguments but got " + rest);
        }
        Object only = rest.isEmpty() ? null : rest.getFirst();
        return only instanceof Map<?, ?> map ? new StepCall(name, map, null, body) : new StepCall(name, Map.of(), only, body);
    }

    /** The named argument, or the only one. */
    Object argument(String key) {
        return value != null ? value : named.get(key);
    }

    String text(String key) {
        Object given = argument(key);
        return given == null ? null : given.toString();
    }

    boolean isTrue(String key) {
        return Boolean.TRUE.equals(named.get(key));
    }

    List<String> texts(String key) {
        return ((List<?>) argument(key)).stream().map(Object::toString).toList();
    }
}
