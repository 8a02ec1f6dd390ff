package harness;

import com.cloudbees.groovy.cps.CpsTransformer;
import com.cloudbees.groovy.cps.sandbox.Trusted;
import com.cloudbees.groovy.cps.sandbox.Untrusted;
import groovy.lang.Binding;
import groovy.lang.GroovyClassLoader;
import groovy.lang.Script;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.codehaus.groovy.ast.ClassCodeExpressionTransformer;
import org.codehaus.groovy.ast.ClassNode;
import org.codehaus.groovy.ast.FieldNode;
import org.codehaus.groovy.ast.MethodNode;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.classgen.GeneratorContext;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.SourceUnit;
import org.codehaus.groovy.control.customizers.ImportCustomizer;
import org.codehaus.groovy.runtime.InvokerHelper;
import org.kohsuke.groovy.sandbox.SandboxTransformer;

/** A pipeline, always in the sandbox, and the library's global variable, in the sandbox or trusted. */
public record Compiled(GroovyClassLoader loader, Class<?> variable, Class<?> pipeline) {
    /** By whether it is trusted: compiled once for all builds. */
    private static final Map<Boolean, Class<?>> VARIABLES = new ConcurrentHashMap<>();
    private static final String LIBRARY = org.jenkinsci.plugins.workflow.libs.Library.class.getName();

    public static Compiled of(boolean trusted, String pipeline) {
        Class<?> variable = variable(trusted);
        GroovyClassLoader loader = loader(variable.getClassLoader(), false);
        return new Compiled(loader, variable, loader.parseClass(pipeline, "WorkflowScript.groovy"));
    }

    static Class<?> variable(boolean trusted) {
        return VARIABLES.computeIfAbsent(trusted, key -> loader(Compiled.class.getClassLoader(), trusted)
                .parseClass(Library.text("vars/cloudsmithOidc.groovy"), "cloudsmithOidc.groovy"));
    }

    private static GroovyClassLoader loader(ClassLoader parent, boolean trusted) {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(PipelineScript.class.getName());
        configuration.addCompilationCustomizers(new Transformer(trusted), new ImportCustomizer().addImports(LIBRARY));
        return new GroovyClassLoader(parent, configuration);
    }

    Script variable(Binding binding) {
        return InvokerHelper.createScript(variable, new Binding(binding.getVariables()));
    }

    Script pipeline(Binding binding) {
        return InvokerHelper.createScript(pipeline, binding);
    }

    /** CPS, and for what stays as it is (field initializers, constructors) the sandbox; as Jenkins' own. */
    private static final class Transformer extends CpsTransformer {
        private final SandboxTransformer sandbox = new SandboxTransformer();
        private final boolean trusted;
        private ClassCodeExpressionTransformer visitor;

        Transformer(boolean trusted) {
            this.trusted = trusted;
        }

        @Override
        public void call(SourceUnit source, GeneratorContext context, ClassNode node) {
            visitor = sandbox.createVisitor(source, node);
            super.call(source, context, node);
        }

        @Override
        protected void processConstructors(ClassNode node) {
            if (!trusted) {
                sandbox.processConstructors(visitor, node);
            }
        }

        @Override
        protected void visitNontransformedMethod(MethodNode method) {
            if (!trusted) {
                visitor.visitMethod(method);
            }
        }

        @Override
        protected void visitNontransformedField(FieldNode field) {
            if (!trusted) {
                visitor.visitField(field);
            }
        }

        @Override
        protected void visitNontransformedStatement(Statement statement) {
            if (!trusted) {
                statement.visit(visitor);
            }
        }

        @Override
        @SuppressWarnings("rawtypes")
        protected Class getTrustTag() {
            return trusted ? Trusted.class : Untrusted.class;
        }
    }
}
