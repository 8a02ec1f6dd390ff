package harness;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/** Makes what has the shape of a JWT. */
public final class Tokens {
    private Tokens() {
    }

    public static String mint() {
        return part("{\"alg\":\"none\"}") + "." + part("{\"jti\":\"" + UUID.randomUUID() + "\"}") + "." + part("signature");
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
