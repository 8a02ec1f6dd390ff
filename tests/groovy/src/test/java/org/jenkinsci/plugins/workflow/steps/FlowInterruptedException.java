package org.jenkinsci.plugins.workflow.steps;

/** Has the name and the parent of Jenkins' own: an abort or a time-out. */
public final class FlowInterruptedException extends InterruptedException {
    private static final long serialVersionUID = 1L;
}
