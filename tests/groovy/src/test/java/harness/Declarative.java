package harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.CodeVisitorSupport;
import org.codehaus.groovy.ast.builder.AstBuilder;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.ReturnStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.control.CompilePhase;

/**
 * What Jenkins would say of a Jenkinsfile before it runs it: of a Declarative one, whether each section may stand where
 * it does and whether each step is one, outside {@code script}; and of every call of the library, whether there is
 * such a method and such options. The sections are those of
 * <a href="https://www.jenkins.io/doc/book/pipeline/syntax/">Pipeline Syntax</a>. Jenkins' own validator, a part of
 * the plugin pipeline-model-definition, is in no public repository but Jenkins'; it knows more, such as the conditions
 * of {@code when}.
 */
public final class Declarative extends CodeVisitorSupport {
    private static final Set<String> PIPELINE = Set.of("agent", "environment", "libraries", "options", "parameters", "post",
            "stages", "tools", "triggers");
    private static final Set<String> STAGE = Set.of("agent", "environment", "failFast", "input", "matrix", "options",
            "parallel", "post", "stages", "steps", "tools", "when");
    private static final Set<String> MATRIX = Set.of("agent", "axes", "environment", "excludes", "input", "options", "post",
            "stages", "tools", "when");
    private static final Set<String> POST = Set.of("aborted", "always", "changed", "cleanup", "failure", "fixed",
            "notBuilt", "regression", "success", "unstable", "unsuccessful");
    private static final Set<String> METHODS = Set.of("cleanup", "explain", "refresh");
    private static final Set<String> OPTIONS = Set.copyOf(options());

    private final List<String> problems = new ArrayList<>();

    private Declarative() {
    }

    private static List<String> options() {
        return ((Map<?, ?>) Library.constant("OPTIONS")).keySet().stream().map(Object::toString).toList();
    }

    public static List<String> problems(String jenkinsfile) {
        Declarative rules = new Declarative();
        for (ASTNode node : new AstBuilder().buildFromString(CompilePhase.CONVERSION, true, jenkinsfile)) {
            node.visit(rules);
        }
        return rules.problems;
    }

    @Override
    public void visitMethodCallExpression(MethodCallExpression call) {
        String name = call.getMethodAsString();
        if (call.isImplicitThis() && "pipeline".equals(name)) {
            sections(call, PIPELINE);
        }
        boolean ofLibrary = "cloudsmithOidc".equals(call.getObjectExpression().getText());
        if (ofLibrary && !METHODS.contains(name)) {
            problem(call, "cloudsmithOidc has no method " + name);
        }
        if (ofLibrary || call.isImplicitThis() && "cloudsmithOidc".equals(name)) {
            arguments(call).stream().filter(MapExpression.class::isInstance)
                    .flatMap(options -> ((MapExpression) options).getMapEntryExpressions().stream())
                    .map(option -> option.getKeyExpression().getText()).filter(option -> !OPTIONS.contains(option))
                    .forEach(option -> problem(call, "cloudsmithOidc has no option " + option));
        }
        super.visitMethodCallExpression(call);
    }

    private void sections(MethodCallExpression parent, Set<String> allowed) {
        for (Statement statement : body(parent)) {
            MethodCallExpression section = call(statement);
            String name = section == null ? null : section.getMethodAsString();
            if (section == null || !section.isImplicitThis() || !allowed.contains(name)) {
                problem(statement, "no section of " + parent.getMethodAsString() + ": " + statement.getText());
                continue;
            }
            switch (name) {
                case "stages", "parallel" -> sections(section, Set.of("stage"));
                case "stage" -> sections(section, STAGE);
                case "matrix" -> sections(section, MATRIX);
                case "post" -> sections(section, POST);
                case "steps" -> steps(section);
                default -> {
                    if (POST.contains(name)) {
                        steps(section);
                    }
                }
            }
        }
    }

    private void steps(MethodCallExpression parent) {
        for (Statement statement : body(parent)) {
            MethodCallExpression step = call(statement);
            if (step == null || !step.isImplicitThis()) {
                problem(statement, "no step, and not in script: " + statement.getText());
            } else if (!"script".equals(step.getMethodAsString())) {
                steps(step);
            }
        }
    }

    private void problem(ASTNode node, String text) {
        problems.add("line " + node.getLineNumber() + ": " + text);
    }

    /** The statements of the closure that ends the arguments; none if there is no closure. */
    private static List<Statement> body(MethodCallExpression call) {
        List<Expression> arguments = arguments(call);
        return !arguments.isEmpty() && arguments.get(arguments.size() - 1) instanceof ClosureExpression closure
                ? ((BlockStatement) closure.getCode()).getStatements() : List.of();
    }

    private static List<Expression> arguments(MethodCallExpression call) {
        return call.getArguments() instanceof TupleExpression tuple ? tuple.getExpressions() : List.of(call.getArguments());
    }

    private static MethodCallExpression call(Statement statement) {
        Expression expression = statement instanceof ExpressionStatement plain ? plain.getExpression()
                : statement instanceof ReturnStatement last ? last.getExpression() : null;
        return expression instanceof MethodCallExpression call ? call : null;
    }
}
