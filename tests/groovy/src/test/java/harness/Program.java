package harness;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.Continuation;
import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.ObjectInputStreamWithLoader;
import com.cloudbees.groovy.cps.Outcome;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import groovy.lang.Closure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A running pipeline: all that Jenkins keeps of it in {@code program.dat}. */
final class Program implements Serializable {
    @Serial private static final long serialVersionUID = 1L;

    private final List<Branch> branches = new ArrayList<>();
    private int turn;

    Program(Continuable script) {
        Branch main = new Branch(null);
        main.frames.push(new Frame(script, Context.OUTERMOST));
        branches.add(main);
    }

    /** What it would be after a restart of the controller. */
    Program restarted(ClassLoader loader) {
        try {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(saved)) {
                out.writeObject(this);
            }
            try (ObjectInputStream in =
                    new ObjectInputStreamWithLoader(new ByteArrayInputStream(saved.toByteArray()), loader)) {
                return (Program) in.readObject();
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("this pipeline does not survive a restart of the controller: " + e, e);
        }
    }

    /** The branch that is to go on, each in its turn; null when the pipeline is at its end. */
    Branch next() {
        branches.removeIf(branch -> branch.frames.isEmpty());
        for (int tried = 0; tried < branches.size(); tried++) {
            turn = (turn + 1) % branches.size();
            if (branches.get(turn).resume != null) {
                return branches.get(turn);
            }
        }
        return null;
    }

    void fork(Branch parent, Map<String, Closure<?>> bodies, Env env) {
        Join join = new Join(parent, bodies.size());
        bodies.values().forEach(body -> {
            Branch branch = new Branch(join);
            branch.enter(body, parent.context(), env);
            branches.add(branch);
        });
    }

    /** A thread of the pipeline: the pipeline or the body of a step, and around it those that wait for its end. */
    static final class Branch implements Serializable {
        @Serial private static final long serialVersionUID = 1L;

        @SuppressWarnings("rawtypes")
        private static final List<Class> CATEGORIES =
                Stream.concat(Continuable.categories.stream(), Stream.of(SerializableIteration.class)).toList();

        private final Deque<Frame> frames = new ArrayDeque<>();
        private final Join join;
        /** With what to go on; null while a step is under way. */
        private Outcome resume = new Outcome(null, null);

        private Branch(Join join) {
            this.join = join;
        }

        Context context() {
            return frames.element().context;
        }

        void enter(Closure<?> body, Context context, Env env) {
            try {
                throw new IllegalArgumentException("not a body of a pipeline: " + body.call());
            } catch (CpsCallableInvocation call) {
                frames.push(new Frame(new Continuable(call.invoke(env, null, Continuation.HALT)), context));
                resume = new Outcome(null, null);
            }
        }

        /** Runs until the next step is called, and returns that, or until the end, and returns null. */
        StepCall run() {
            Frame frame = frames.element();
            Outcome outcome = frame.continuable.run0(resume, CATEGORIES);
            resume = null;
            if (frame.continuable.isResumable()) {
                return (StepCall) outcome.getNormal();
            }
            frames.pop();
            if (!frames.isEmpty()) {
                resume = outcome;
            } else if (join != null) {
                join.end(outcome);
            } else {
                Execution.current().end(outcome);
            }
            return null;
        }

        void resume(Object value, Throwable failure) {
            resume = new Outcome(value, failure);
        }
    }

    private record Frame(Continuable continuable, Context context) implements Serializable {
    }

    /** The step {@code parallel}: ends with the last of its branches, fails with the first that failed. */
    private static final class Join implements Serializable {
        @Serial private static final long serialVersionUID = 1L;

        private final Branch parent;
        private int running;
        private Outcome failure;

        private Join(Branch parent, int running) {
            this.parent = parent;
            this.running = running;
        }

        private void end(Outcome outcome) {
            failure = failure == null && outcome.isFailure() ? outcome : failure;
            running--;
            if (running == 0) {
                parent.resume = failure == null ? new Outcome(null, null) : failure;
            }
        }
    }
}
