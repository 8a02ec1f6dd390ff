package harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException;

/** A Jenkins with one agent, one job and this repository as its library: what a build finds there. */
public final class Controller {
    private final Path home;
    private final Map<String, Credential> credentials = new HashMap<>(Map.of("oidc-token-cred", Credential.ID_TOKEN));
    private final Map<String, String> environment = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> idTokens = new ArrayList<>();
    private MaskPasswords maskPasswords = MaskPasswords.CURRENT;
    private boolean unix = true;
    private boolean trusted;
    private String abortAt;

    /** The kinds of credential: those of the OpenID Connect Provider plugin, and plain secret text. */
    public enum Credential { ID_TOKEN, ID_TOKEN_AS_FILE, SECRET_TEXT }

    /** The Mask Passwords plugin. */
    public enum MaskPasswords { CURRENT, OLD, MISSING }

    private record Fault(String step, long number, Callable<? extends Exception> failure) {
    }

    /** The command {@code cloudsmith-oidc} on the agent's PATH is a stand-in, see {@code resources/cloudsmith-oidc}. */
    public Controller(Path home) {
        this.home = home;
        try (InputStream standIn = Controller.class.getResourceAsStream("/cloudsmith-oidc")) {
            Files.createDirectories(workspace());
            Files.createDirectories(Path.of(workspace() + "@tmp"));
            Path program = Files.createDirectories(home.resolve("bin")).resolve("cloudsmith-oidc");
            Files.copy(standIn, program);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        environment.put("PATH", home.resolve("bin") + ":/usr/bin:/bin");
        environment.put("HOME", home.toString());
    }

    public Build run(String pipeline) {
        return new Execution(this).run(pipeline);
    }

    public Controller variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Controller credential(String id, Credential kind) {
        credentials.put(id, kind);
        return this;
    }

    public Controller maskPasswords(MaskPasswords plugin) {
        maskPasswords = plugin;
        return this;
    }

    public Controller onWindows() {
        unix = false;
        return this;
    }

    /** Loads the library as one that an administrator defined, outside the sandbox. */
    public Controller trusted() {
        trusted = true;
        return this;
    }

    /** Aborts the build when a process writes this, once. */
    public Controller abortAt(String output) {
        abortAt = output;
        return this;
    }

    /** Lets the step of that name fail when it is called for the given time, counted from 1. */
    public Controller failAt(String step, long number, Callable<? extends Exception> failure) {
        faults.add(new Fault(step, number, failure));
        return this;
    }

    public Path workspace() {
        return home.resolve("workspace/job");
    }

    /** The ID tokens that were bound, oldest first. */
    public List<String> idTokens() {
        return idTokens;
    }

    Map<String, String> environment() {
        return environment;
    }

    MaskPasswords maskPasswords() {
        return maskPasswords;
    }

    boolean isUnix() {
        return unix;
    }

    boolean isTrusted() {
        return trusted;
    }

    boolean isAborted(String output) {
        boolean aborted = abortAt != null && output.contains(abortAt);
        abortAt = aborted ? null : abortAt;
        return aborted;
    }

    void faultAt(StepCall call, long number) throws Exception {
        for (Fault fault : faults) {
            if (fault.step.equals(call.name()) && fault.number == number) {
                throw fault.failure.call();
            }
        }
    }

    /** A fresh ID token for each binding. */
    String secret(String credentialsId) throws CredentialNotFoundException {
        Credential kind = credentials.get(credentialsId);
        if (kind == null) {
            throw new CredentialNotFoundException("Could not find credentials entry with ID '" + credentialsId + "'");
        }
        if (kind == Credential.ID_TOKEN_AS_FILE) {
            throw new CredentialNotFoundException("Credentials '" + credentialsId + "' is of type 'OpenID Connect id token "
                    + "as file' where 'org.jenkinsci.plugins.plaincredentials.StringCredentials' was expected");
        }
        if (kind == Credential.SECRET_TEXT) {
            return "secret-text-" + credentialsId;
        }
        idTokens.add(Tokens.mint());
        return idTokens.get(idTokens.size() - 1);
    }
}
