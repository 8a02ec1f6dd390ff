package org.jenkinsci.plugins.workflow.libs;

/** By its name in Jenkins: {@code @Library('name@version') _} at the top of a pipeline, which need not import it. */
public @interface Library {
    /** One library or several. */
    String[] value();
}
