package harness;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/** Makes what has the shape of a JWT. */
public final class Tokens {
    private Tokens() {
    }

    public static String mint() {
        return mint("{\"alg\":\"none\"}");
    }

    /** With that header, and as long as those of Cloudsmith. */
    public static String mint(String header) {
        return part(header) + "." + part("{\"jti\":\"" + UUID.randomUUID() + "\",\"service_slug\":\"ci-reader\"}") + "."
                + part("signature " + UUID.randomUUID());
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
