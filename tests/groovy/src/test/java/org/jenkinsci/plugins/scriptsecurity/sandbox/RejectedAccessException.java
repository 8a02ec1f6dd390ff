package org.jenkinsci.plugins.scriptsecurity.sandbox;

/** Has the name and the parent of Jenkins' own: the sandbox refuses a call. */
public final class RejectedAccessException extends SecurityException {
    private static final long serialVersionUID = 1L;

    public RejectedAccessException(String signature) {
        super("Scripts not permitted to use " + signature);
    }
}
