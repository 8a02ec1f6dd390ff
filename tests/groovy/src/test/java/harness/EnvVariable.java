package harness;

import groovy.lang.GroovyObjectSupport;
import java.io.Serial;
import java.io.Serializable;

/** {@code env}: reads what the branch that is running sees, writes what the whole build sees. */
public final class EnvVariable extends GroovyObjectSupport implements Serializable {
    @Serial private static final long serialVersionUID = 1L;

    @Override
    public Object getProperty(String name) {
        return Execution.current().variable(name);
    }

    @Override
    public void setProperty(String name, Object value) {
        Execution.current().setVariable(name, String.valueOf(value));
    }

    /** Here to be refused. */
    public Object getEnvironment() {
        return null;
    }
}
