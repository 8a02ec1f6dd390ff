package harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.CodeVisitorSupport;
import org.codehaus.groovy.ast.builder.AstBuilder;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.control.CompilePhase;

/**
 * How a Jenkinsfile uses the library: which methods and options do not exist, and which methods a Declarative pipeline
 * calls outside {@code script}. Jenkins' own validator, which knows the rest of Declarative, is in no public repository
 * but Jenkins'; tests/jenkins asks it.
 */
public final class Usage extends CodeVisitorSupport {
    private static final Set<String> METHODS = Set.of("cleanup", "explain", "refresh");
    private static final Set<?> OPTIONS = ((Map<?, ?>) Library.constant("OPTIONS")).keySet();

    private final List<String> problems = new ArrayList<>();
    private boolean declarative;

    private Usage() {
    }

    public static List<String> problems(String jenkinsfile) {
        Usage usage = new Usage();
        for (ASTNode node : new AstBuilder().buildFromString(CompilePhase.CONVERSION, true, jenkinsfile)) {
            node.visit(usage);
        }
        return usage.problems;
    }

    @Override
    public void visitMethodCallExpression(MethodCallExpression call) {
        String name = call.getMethodAsString();
        boolean method = "cloudsmithOidc".equals(call.getObjectExpression().getText());
        if (method && !METHODS.contains(name)) {
            problems.add("cloudsmithOidc has no method " + name);
        }
        if (method && declarative) {
            problems.add("Declarative calls a method only in script: " + call.getText());
        }
        if (method || call.isImplicitThis() && "cloudsmithOidc".equals(name)) {
            options(call).filter(option -> !OPTIONS.contains(option)).forEach(option -> problems.add("no option " + option));
        }
        boolean around = declarative;
        declarative = call.isImplicitThis() && "pipeline".equals(name) || declarative && !"script".equals(name);
        super.visitMethodCallExpression(call);
        declarative = around;
    }

    private static Stream<String> options(MethodCallExpression call) {
        return call.getArguments() instanceof TupleExpression tuple ? tuple.getExpressions().stream()
                .filter(MapExpression.class::isInstance)
                .flatMap(options -> ((MapExpression) options).getMapEntryExpressions().stream())
                .map(option -> option.getKeyExpression().getText()) : Stream.of();
    }
}
