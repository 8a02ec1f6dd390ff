import groovy.transform.Field
import org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/**
 * Every option: its type; what is allowed, in words; and either the environment variables that stand in for it, the
 * first of which also carries it to the program, or its default.
 */
@Field static final Map OPTIONS = [
    service: [type: 'text', variables: ['CLOUDSMITH_SERVICE_SLUG'], required: true, allowed: 'a service account slug'],
    org: [type: 'text', variables: ['CLOUDSMITH_ORG', 'CLOUDSMITH_WORKSPACE'], required: true,
        allowed: 'a Cloudsmith workspace (organization) slug'],
    repo: [type: 'list', variables: ['CLOUDSMITH_REPO'], allowed: 'a repository slug or a list of them'],
    formats: [type: 'list', variables: ['CLOUDSMITH_FORMATS'], allowed: 'a package format or a list of them'],
    credentialsId: [type: 'text', value: 'oidc-token-cred', allowed: 'an "OpenID Connect id token" credential\'s ID'],
    npmScope: [type: 'list', variables: ['CLOUDSMITH_NPM_SCOPE'], allowed: "an npm scope, '@acme', or a list of them"],
    domains: [type: 'map', variables: ['CLOUDSMITH_DOMAINS'], allowed: 'a map of format or format:repo to host'],
    dir: [type: 'text', allowed: 'a directory, absolute or relative to the workspace'],
    runtime: [type: 'text', variables: ['CLOUDSMITH_OIDC_RUNTIME'], allowed: "'auto', 'local', 'docker' or 'podman'"],
    image: [type: 'text', variables: ['CLOUDSMITH_OIDC_IMAGE'], allowed: 'a container image'],
    network: [type: 'text', variables: ['CLOUDSMITH_OIDC_NETWORK'], allowed: "a container network, e.g. 'host'"],
    apiHost: [type: 'text', variables: ['CLOUDSMITH_API_HOST'], allowed: 'the address of the Cloudsmith API'],
    timeout: [type: 'number', variables: ['CLOUDSMITH_TIMEOUT'], allowed: 'a whole number of seconds'],
    allowForks: [type: 'switch', value: 'false', allowed: 'true or false'],
    mask: [type: 'switch', value: 'true', allowed: 'true or false'],
]

@Field static final Map EXIT_CODES = [
    2: 'wrong usage or settings',
    3: 'the ID token is missing, malformed or expired',
    4: 'Cloudsmith refused the exchange',
    5: 'rate limited past the deadline',
    6: 'network, TLS, proxy or server trouble past the deadline',
    7: 'an answer that is not understood',
    8: 'could not write or remove the files',
]

/** A JWT, or base64 of one, with "token:" before it or not. No capturing group: the plugin would mask only that. */
@Field static final String TOKEN_SHAPE =
    'eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,}|(?:dG9rZW46)?ZXlK[\\w+/-]{40,}={0,2}'

/**
 * Logs in to Cloudsmith. With a body, the clients are configured inside it, and all is removed after it, whatever
 * happens. Without, they stay configured for the rest of the build on this node, until {@link #cleanup}.
 */
void call(Map options = [:], Closure body = null) {
    Map session = sessionFrom(options, true)
    session.CLOUDSMITH_OIDC_DIR = directoryFrom(session.remove('dir'))
    session.node = nodeName()
    requireFree(session.CLOUDSMITH_OIDC_DIR, body != null)
    if (body == null) {
        logInForTheBuild(session)
    } else {
        masked(session) { logInAround(session, body) }
    }
}

/** The block form with every option taken from the environment. */
void call(Closure body) {
    call([:], body)
}

/** Says what is wrong with options that have no names. */
void call(Object unnamed) {
    error "cloudsmithOidc: options have names, as in cloudsmithOidc(service: 'ci-reader'), but '${unnamed}' has none"
}

/** Replaces the tokens in the files of the block around it, or else of the last statement, by fresh ones. */
void refresh() {
    if (!env.CLOUDSMITH_OIDC_SESSION) {
        error 'cloudsmithOidc: nothing to refresh: call refresh() inside cloudsmithOidc(…) { … } or after the statement'
    }
    requireAgent()
    Map session = decoded(env.CLOUDSMITH_OIDC_SESSION)
    if (session.node != nodeName()) {
        error "cloudsmithOidc: the login is on the node '${session.node}': call refresh() there"
    }
    masked(session) { logIn(session) }
}

/** Removes what the statement form left in this build, newest first. Harmless when there is nothing. */
void cleanup() {
    Map logins = decoded(env.CLOUDSMITH_OIDC_LOGINS)
    logins.keySet().toList().reverse().each { directory ->
        String node = decoded(logins[directory]).node
        if (env.WORKSPACE == null) {
            echo "cloudsmithOidc: cleanup() is not inside node and leaves ${directory}"
        } else if (node != nodeName()) {
            echo "cloudsmithOidc: cleanup() leaves ${directory}, which is on the node '${node}': call it there"
        } else {
            forget(directory, true)
            env.CLOUDSMITH_OIDC_SESSION = ''
        }
    }
}

/** Diagnoses the login on the console, writes nothing, and fails the build if the diagnosis finds an error. */
void explain(Map options = [:]) {
    Map session = sessionFrom(options, false)
    masked(session) {
        int status = launchWithToken('explain', session)
        if (status != 0) {
            error "cloudsmithOidc: explain ended with ${inWords(status)}; its report above says what to do"
        }
    }
}

private void logInAround(Map session, Closure body) {
    boolean succeeded = false
    try {
        logIn(session)
        withEnv(assignments(pointers(session) + [CLOUDSMITH_OIDC_SESSION: encoded(session)])) { body() }
        succeeded = true
    } finally {
        logOut(session.CLOUDSMITH_OIDC_DIR, succeeded)
    }
}

private void logInForTheBuild(Map session) {
    String directory = session.CLOUDSMITH_OIDC_DIR
    // A failed login leaves the files of an earlier one in the same directory as they are, and so does this.
    boolean keep = decoded(env.CLOUDSMITH_OIDC_LOGINS).containsKey(directory)
    try {
        masked(session) { logIn(session) }
        Map pointers = pointers(session)
        Map logins = decoded(env.CLOUDSMITH_OIDC_LOGINS)
        logins.remove(directory)
        Map login = [node: session.node, variables: pointers.keySet().join(' ')]
        env.CLOUDSMITH_OIDC_LOGINS = encoded(logins + [(directory): encoded(login)])
        pointers.each { name, value -> env.setProperty(name, value) }
        Map hidden = pointers.findAll { name, value -> env.getProperty(name) != value }
        if (hidden) {
            error "cloudsmithOidc: a withEnv or environment { } around this sets ${hidden.keySet().join(', ')}, " +
                'which a statement cannot change: use the block form'
        }
        env.CLOUDSMITH_OIDC_SESSION = encoded(session)
        keep = true
    } finally {
        if (!keep) {
            forget(directory, false)
        }
    }
}

private void logIn(Map session) {
    int status = launchWithToken('login "$CLOUDSMITH_OIDC_DIR"', session)
    if (status != 0) {
        error "cloudsmithOidc: the login ended with ${inWords(status)}; " +
            'the line above that begins "cloudsmith-oidc:" says why and what to do'
    }
}

/** Fails only if it is aborted after success: otherwise the build would show this failure instead of its own. */
private void logOut(String directory, boolean succeeded) {
    String trouble = null
    try {
        int status = withEnv(["CLOUDSMITH_OIDC_DIR=${directory}"]) { launch('logout "$CLOUDSMITH_OIDC_DIR"') }
        trouble = status == 0 ? null : inWords(status)
    } catch (FlowInterruptedException abort) {
        if (succeeded) {
            throw abort
        }
        trouble = 'aborted'
    } catch (Exception failure) {
        trouble = failure.toString()
    }
    if (trouble) {
        echo "cloudsmithOidc: ${directory} may still hold a Cloudsmith token, it could not be removed: ${trouble}"
    }
}

/** Undoes a statement: its directory, the variables that point there, and the record of both. */
private void forget(String directory, boolean succeeded) {
    logOut(directory, succeeded)
    Map logins = decoded(env.CLOUDSMITH_OIDC_LOGINS)
    (decoded(logins.remove(directory)).variables ?: '').tokenize(' ').each { name -> env.setProperty(name, '') }
    env.CLOUDSMITH_OIDC_LOGINS = encoded(logins)
}

/** Runs the launcher with the session's settings and a fresh ID token; returns its exit code. */
private int launchWithToken(String command, Map session) {
    try {
        return withEnv(assignments(session.findAll { name, value -> name.startsWith('CLOUDSMITH_') })) {
            withCredentials([string(credentialsId: session.credentialsId, variable: 'CLOUDSMITH_OIDC_TOKEN')]) {
                launch(command)
            }
        }
    } catch (CredentialNotFoundException e) {
        error "cloudsmithOidc: ${e.message}. Create an \"OpenID Connect id token\" credential (not \"as file\") that " +
            "this job can see with the ID '${session.credentialsId}', or name yours with the option credentialsId"
    }
}

private int launch(String command) {
    return sh(label: "cloudsmith-oidc ${command}", returnStatus: true,
        script: '#!/bin/sh\nset -- ' + command + '\n' + libraryResource('cloudsmith/oidc/cloudsmith-oidc.sh'))
}

/** The variables that point the clients to their files, as the login wrote them down. */
private Map pointers(Map session) {
    return readFile(file: "${session.CLOUDSMITH_OIDC_DIR}/env", encoding: 'UTF-8').readLines()
        .collectEntries { line -> line.split('=', 2).toList() }
}

/** Runs the body, and masks on the console what has the shape of a token, if the Mask Passwords plugin is there. */
private void masked(Map session, Closure body) {
    boolean entered = false
    if (session.mask == 'true') {
        try {
            maskPasswords(varMaskRegexes: [[key: 'jwt', value: TOKEN_SHAPE]]) {
                entered = true
                body()
            }
        } catch (FlowInterruptedException abort) {
            throw abort
        } catch (NoSuchMethodError | Exception failure) {
            if (entered) {
                throw failure
            }
            if (!env.CLOUDSMITH_OIDC_UNMASKED) {
                String trouble = failure instanceof NoSuchMethodError ? 'is not installed' : 'is older than version 173'
                env.CLOUDSMITH_OIDC_UNMASKED = 'said'
                echo "cloudsmithOidc: the Mask Passwords plugin ${trouble}: tokens that clients print are not masked"
            }
        }
    }
    if (!entered) {
        body()
    }
}

/** The options as one map of text, under the variable that carries each to the program, or else its own name. */
private Map sessionFrom(Map options, boolean complete) {
    Set unknown = options.keySet() - OPTIONS.keySet()
    if (unknown) {
        error "cloudsmithOidc: unknown option ${unknown.join(', ')}; allowed: ${OPTIONS.keySet().join(', ')}"
    }
    Map session = [:]
    OPTIONS.each { name, option ->
        List variables = option.variables ?: []
        String text = options.containsKey(name) ? textOf(name, options[name])
            : option.value ?: variables.collect { variable -> env.getProperty(variable) }.find { value -> value }
        if (text) {
            session[variables ? variables[0] : name] = text
        } else if (complete && option.required) {
            error "cloudsmithOidc: option ${name} is missing; allowed: ${option.allowed}, or set env.${variables[0]}"
        }
    }
    if (env.CHANGE_FORK && session.allowForks == 'false') {
        error "cloudsmithOidc: this builds a pull request from the fork ${env.CHANGE_FORK}, whose author could take " +
            'the Cloudsmith token; if every such author is to be trusted, give the option allowForks: true'
    }
    requireAgent()
    return session
}

/** The value of an option as the program wants it, or one error that says why not. */
private String textOf(String name, Object given) {
    Map option = OPTIONS[name]
    boolean isText = given instanceof CharSequence
    boolean fits = [
        text: isText,
        list: isText || given instanceof List && given.every { item -> item instanceof CharSequence },
        map: given instanceof Map && given.every { entry -> entry.value instanceof CharSequence },
        number: given instanceof Integer,
        switch: given instanceof Boolean,
    ][option.type]
    List parts = given instanceof Map ? assignments(given) : given instanceof List ? given : [given]
    List texts = parts.collect { part -> "${part}".toString() }
    String trouble = null
    if (!fits) {
        trouble = given == null ? 'which is nothing' : 'which is of another type'
    } else if (!texts || texts.any { text -> !text.trim() }) {
        trouble = 'in which something is missing'
    } else if (texts.any { text -> text ==~ /(?s).*\p{Cntrl}.*/ }) {
        trouble = 'in which there is a control character'
    } else if (option.type in ['list', 'map'] && texts.any { text -> text.contains(',') }) {
        trouble = 'in which there is a comma'
    }
    if (trouble) {
        String shown = given == null ? 'null' : "'${given}' (${given.getClass().simpleName})"
        error "cloudsmithOidc: option ${name} was given ${shown.replaceAll('\\p{Cntrl}', '?')}, ${trouble}; " +
            "allowed: ${option.allowed}"
    }
    return texts.join(',')
}

private String directoryFrom(String dir) {
    if (dir) {
        return dir.startsWith('/') ? dir : "${env.WORKSPACE}/${dir}"
    }
    return "${env.WORKSPACE_TMP ?: env.WORKSPACE + '@tmp'}/cloudsmith-oidc-${UUID.randomUUID()}"
}

/** A directory belongs to one login, whose end removes it. Only a statement may renew what a statement left. */
private void requireFree(String directory, boolean block) {
    boolean around = decoded(env.CLOUDSMITH_OIDC_SESSION).CLOUDSMITH_OIDC_DIR == directory
    boolean left = decoded(env.CLOUDSMITH_OIDC_LOGINS).containsKey(directory)
    if (block ? around || left : around && !left) {
        error "cloudsmithOidc: option dir: ${directory} is in use by another login of this build: give each its own"
    }
}

private String nodeName() {
    return env.NODE_NAME ?: ''
}

private void requireAgent() {
    if (env.WORKSPACE == null) {
        error 'cloudsmithOidc: there is no workspace here: run this inside node { … } or in a stage with an agent'
    }
    if (!isUnix()) {
        error 'cloudsmithOidc: this agent runs Windows, and the step needs a POSIX sh: use a Linux or macOS agent'
    }
}

private String inWords(int status) {
    return "exit code ${status} (${EXIT_CODES[status] ?: 'unexpected'})"
}

private List assignments(Map values) {
    return values.collect { name, value -> "${name}=${value}".toString() }
}

/** One line that can be kept in an environment variable. */
private String encoded(Map values) {
    return values.collect { name, value -> "${URLEncoder.encode(name, 'UTF-8')}=${URLEncoder.encode(value, 'UTF-8')}" }
        .join('&')
}

private Map decoded(String text) {
    return (text ?: '').tokenize('&').collectEntries { pair ->
        pair.split('=', 2).collect { half -> URLDecoder.decode(half, 'UTF-8') }
    }
}
