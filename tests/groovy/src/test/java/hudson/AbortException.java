package hudson;

import java.io.IOException;

/** Has the name and the parent of Jenkins' own: what the step {@code error} throws. */
public class AbortException extends IOException {
    private static final long serialVersionUID = 1L;

    public AbortException(String message) {
        super(message);
    }
}
