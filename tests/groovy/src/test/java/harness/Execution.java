package harness;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.Envs;
import com.cloudbees.groovy.cps.Outcome;
import com.cloudbees.groovy.cps.sandbox.SandboxInvoker;
import groovy.lang.Binding;
import groovy.lang.Closure;
import harness.Program.Branch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One build under way: runs the pipeline from step to step, with a restart of the controller after each. */
final class Execution {
    private static final ThreadLocal<Execution> CURRENT = new ThreadLocal<>();

    private final Controller controller;
    private final Steps steps;
    private final Map<String, String> environment = new TreeMap<>();
    private final List<StepCall> calls = new ArrayList<>();
    private final List<String> console = new ArrayList<>();
    private Branch running;
    private Outcome result;

    Execution(Controller controller) {
        this.controller = controller;
        this.steps = new Steps(controller, this);
    }

    static Execution current() {
        return CURRENT.get();
    }

    Build run(String pipeline) {
        CURRENT.set(this);
        Sandbox sandbox = new Sandbox();
        sandbox.register();
        try {
            Compiled compiled = Compiled.of(controller.isTrusted(), pipeline);
            Binding binding = new Binding();
            binding.setVariable("env", new EnvVariable());
            binding.setVariable("cloudsmithOidc", compiled.variable(binding));
            Program program = new Program(new Continuable(compiled.pipeline(binding), outermost()));
            for (running = program.next(); running != null; running = program.next()) {
                StepCall call = running.run();
                if (call != null) {
                    start(call, program);
                }
                program = program.restarted(compiled.loader());
            }
        } finally {
            sandbox.unregister();
            CURRENT.remove();
        }
        return new Build(calls.stream().map(StepCall::name).toList(), String.join("\n", console), result.getAbnormal(), environment);
    }

    private void start(StepCall call, Program program) {
        calls.add(call);
        try {
            controller.faultAt(call, count(call.name()));
            if (call.name().equals("parallel")) {
                program.fork(running, bodies(call), outermost());
                return;
            }
            Object value = steps.start(call, running.context());
            if (value instanceof Context inner) {
                running.enter(call.body(), inner, outermost());
            } else {
                running.resume(value, null);
            }
        } catch (Exception | Error failure) {
            running.resume(null, failure);
        }
    }

    private long count(String step) {
        return calls.stream().filter(call -> call.name().equals(step)).count();
    }

    private static Map<String, Closure<?>> bodies(StepCall parallel) {
        Map<String, Closure<?>> bodies = new LinkedHashMap<>();
        parallel.named().forEach((name, body) -> bodies.put(name.toString(), (Closure<?>) body));
        return bodies;
    }

    private static Env outermost() {
        return Envs.empty(new SandboxInvoker());
    }

    /** Called from the pipeline: suspends it. */
    Object call(String name, Object... arguments) {
        StepCall call = StepCall.of(name, arguments);
        if (Steps.isDescribable(name)) {
            return call.named();
        }
        if (!steps.exists(name)) {
            throw new NoSuchMethodError("No such DSL method '" + name + "' found among steps");
        }
        return Continuable.suspend(name, call);
    }

    void end(Outcome outcome) {
        result = outcome;
    }

    void print(Context context, String line) {
        console.add(context.masked(line));
    }

    String variable(String name) {
        return steps.environment(running.context(), environment).get(name);
    }

    Map<String, String> variables() {
        return environment;
    }

    void setVariable(String name, String value) {
        environment.put(name, value);
    }
}
