package org.jenkinsci.plugins.credentialsbinding.impl;

import hudson.AbortException;

/** Has the name and the parent of Jenkins' own: no such credential, or one of another type. */
public final class CredentialNotFoundException extends AbortException {
    private static final long serialVersionUID = 1L;

    public CredentialNotFoundException(String message) {
        super(message);
    }
}
