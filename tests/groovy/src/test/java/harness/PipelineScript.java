package harness;

import com.cloudbees.groovy.cps.SerializableScript;
import org.codehaus.groovy.runtime.InvokerHelper;

/** The base class of a pipeline and of a library's global variable. A method that is not there is a variable or a step. */
public abstract class PipelineScript extends SerializableScript {
    private static final long serialVersionUID = 1L;

    @Override
    public Object invokeMethod(String name, Object arguments) {
        if (getBinding().hasVariable(name)) {
            return InvokerHelper.invokeMethod(getBinding().getVariable(name), "call", arguments);
        }
        return Execution.current().call(name, (Object[]) arguments);
    }
}
