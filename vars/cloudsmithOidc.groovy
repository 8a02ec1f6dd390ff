import groovy.transform.Field
import hudson.AbortException
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
    domains: [type: 'map', variables: ['CLOUDSMITH_DOMAINS'],
        allowed: "a map of a host's label or a format, alone or with :repo, to a host"],
    dir: [type: 'text', allowed: 'a directory, absolute or relative to the workspace'],
    runtime: [type: 'text', variables: ['CLOUDSMITH_OIDC_RUNTIME'], allowed: "'auto', 'local', 'docker' or 'podman'"],
    image: [type: 'text', variables: ['CLOUDSMITH_OIDC_IMAGE'], allowed: 'a container image'],
    network: [type: 'text', variables: ['CLOUDSMITH_OIDC_NETWORK'], allowed: "a container network, e.g. 'host'"],
    apiHost: [type: 'text', variables: ['CLOUDSMITH_API_HOST'], allowed: 'the address of the Cloudsmith API'],
    timeout: [type: 'number', variables: ['CLOUDSMITH_TIMEOUT'], allowed: 'a whole number of seconds'],
    allowForks: [type: 'switch', value: 'false', allowed: 'true or false'],
    mask: [type: 'switch', value: 'true', allowed: 'true or false'],
    formatOptions: [type: 'options', variables: ['CLOUDSMITH_FORMAT_OPTIONS'],
        allowed: "a map such as ['npm.scope': '@acme'] or [npm: [scope: ['@acme', '@other']]]"],
    inherit: [type: 'switch', variables: ['CLOUDSMITH_INHERIT'], allowed: 'true or false'],
    apiKeyCredentialsId: [type: 'text', allowed: 'a secret text with a Cloudsmith API key, for explain() only'],
]

/** By the exit code of the program and the launcher. */
@Field static final Map EXIT_CODES = [
    '2': 'wrong usage or settings',
    '3': 'the ID token is missing, malformed or expired',
    '4': 'Cloudsmith refused the exchange',
    '5': 'rate limited past the deadline',
    '6': 'network, TLS, proxy or server trouble past the deadline',
    '7': 'an answer that is not understood',
    '8': 'could not write or remove the files',
]

/** The options that name credentials, and the variables to which these are bound around the launcher. */
@Field static final Map SECRETS = [credentialsId: 'CLOUDSMITH_OIDC_TOKEN', apiKeyCredentialsId: 'CLOUDSMITH_API_KEY']

/** What leads the container engine to its own configuration: it keeps what was there before the first login. */
@Field static final List ENGINE = ['DOCKER_CONFIG', 'REGISTRY_AUTH_FILE']

/**
 * Logs in to Cloudsmith. With a body, the clients are configured inside it, and all is removed after it, whatever
 * happens. Without, they stay configured for the rest of the build on this node, until {@link #cleanup}.
 */
void call(Map options = [:], Closure body = null) {
    Map login = loginFrom(options, true)
    requireFree(login.dir, body != null)
    if (body == null) {
        logInForTheBuild(login)
    } else {
        masked(login.mask) { logInAround(login, body) }
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
    List logins = logins()
    if (!logins) {
        error 'cloudsmithOidc: nothing to refresh: call refresh() inside cloudsmithOidc(…) { … } or after the statement'
    }
    requireAgent()
    Map login = logins[-1]
    if (login.node != nodeName()) {
        error "cloudsmithOidc: the login is on the node '${login.node}': call refresh() there"
    }
    masked(login.mask) { logIn(login) }
}

/** Removes what the statement form left in this build, newest first. Harmless when there is nothing. */
void cleanup() {
    logins().findAll { login -> login.stays }.reverse().each { login ->
        if (env.WORKSPACE == null) {
            echo "cloudsmithOidc: cleanup() is not inside node and leaves ${login.dir}"
        } else if (login.node != nodeName()) {
            echo "cloudsmithOidc: cleanup() leaves ${login.dir}, which is on the node '${login.node}': call it there"
        } else {
            forget(login, true)
        }
    }
}

/** Diagnoses the login on the console, writes nothing, and fails the build if the diagnosis finds an error. */
void explain(Map options = [:]) {
    Map login = loginFrom(options, false)
    masked(login.mask) {
        launchWithToken('explain', login, 'its report above says what to do')
    }
}

private void logInAround(Map login, Closure body) {
    Map pointers = logInOrNothing(login)
    boolean succeeded = false
    try {
        withEnv(assignments(pointers + [CLOUDSMITH_OIDC_LOGINS: encoded(logins() + [login])])) { body() }
        succeeded = true
    } finally {
        logOut(login, succeeded)
    }
}

private void logInForTheBuild(Map login) {
    Map pointers = null
    masked(login.mask) { pointers = logInOrNothing(login) }
    List others = logins().findAll { other -> other.dir != login.dir }
    Map originals = logins().findAll { other -> other.stays }
        .collectEntries { other -> logins(other.originals)[0] ?: [:] }
    pointers.each { name, value ->
        originals[name] = originals.containsKey(name) ? originals[name] : env.getProperty(name) ?: ''
        env.setProperty(name, value)
    }
    Map hidden = pointers.findAll { name, value -> env.getProperty(name) != value }
    // What a block around this sets is the block's, and nothing to give back to the build.
    login.stays = 'true'
    login.originals = encoded([originals + hidden.collectEntries { name, value -> [name, ''] }])
    login.pointers = assignments(pointers).join('\n')
    save(others + [login])
    if (hidden) {
        forget(login, false)
        error "cloudsmithOidc: a withEnv or environment { } around this sets ${hidden.keySet().join(', ')}, " +
            'which a statement cannot change: use the block form'
    }
}

/** Logs in, and leaves nothing if that is interrupted. If it fails, the launcher has left everything as it was. */
private Map logInOrNothing(Map login) {
    try {
        return logIn(login)
    } catch (AbortException failed) {
        throw failed
    } catch (Exception interrupted) {
        logOut(login, false)
        throw interrupted
    }
}

/** Writes the files, and returns the variables that lead the clients there. */
private Map logIn(Map login) {
    Map pointers = parsed(launchWithToken('login', login,
        'the line above that begins "cloudsmith-oidc:" says why and what to do'))
    login.loggedIn = 'true'
    // A build could add others to what Jenkins passes on of the launcher's output.
    Set unknown = pointers.keySet() - libraryResource('cloudsmith/oidc/variables.txt').readLines()
    if (unknown) {
        logOut(login, false)
        error "cloudsmithOidc: the login gave variables that it never sets (${unknown.join(', ')}): something on the " +
            'node has changed its output. Its files were removed'
    }
    return pointers
}

/**
 * Removes the directory: if the login succeeded, whatever the build has made of it; else only what a login may leave.
 * Fails only if it is aborted after success: otherwise the build would show this failure instead of its own.
 */
private void logOut(Map login, boolean succeeded) {
    String trouble = null
    try {
        withEnv(settings(login)) { launch(login.loggedIn ? 'logout --force' : 'logout') }
    } catch (FlowInterruptedException abort) {
        if (succeeded) {
            throw abort
        }
        trouble = 'aborted'
    } catch (AbortException failure) {
        trouble = inWords(failure)
    } catch (Exception failure) {
        trouble = failure.toString()
    }
    if (trouble) {
        echo "cloudsmithOidc: ${login.dir} may still hold a Cloudsmith token, it could not be removed: ${trouble}"
    }
}

/** Undoes a statement: its files, its record, and its variables, which get back the values of before. */
private void forget(Map login, boolean succeeded) {
    logOut(login, succeeded)
    List others = logins().findAll { other -> other.stays && other.dir != login.dir }
    Map values = others.collectEntries { other -> parsed(other.pointers) }
    // Jenkins takes an empty variable away from processes, as if it had never been set.
    (logins(login.originals)[0] ?: [:]).each { name, original -> env.setProperty(name, values[name] ?: original) }
    save(others)
}

/** Runs the launcher with the login's settings and a fresh ID token; returns what it printed if it logs in. */
private String launchWithToken(String command, Map login, String hint) {
    try {
        return withEnv(settings(login)) {
            withCredentials(SECRETS.findAll { option, variable -> login[option] }
                .collect { option, variable -> string(credentialsId: login[option], variable: variable) }) {
                launch(command)
            }
        }
    } catch (CredentialNotFoundException e) {
        String key = login.apiKeyCredentialsId
            ? ". For apiKeyCredentialsId, '${login.apiKeyCredentialsId}' has to be a secret text" : ''
        error "cloudsmithOidc: ${e.message}. Create an \"OpenID Connect id token\" credential (not \"as file\") that " +
            "this job can see with the ID '${login.credentialsId}', or name yours with the option credentialsId${key}"
    } catch (AbortException failure) {
        error "cloudsmithOidc: ${command} ended with ${inWords(failure)}; ${hint}"
    }
}

private String launch(String command) {
    String directory = command == 'explain' ? '' : '"$CLOUDSMITH_OIDC_DIR"'
    String launcher = libraryResource('cloudsmith/oidc/cloudsmith-oidc.sh')
    return sh(label: "cloudsmith-oidc ${command}", returnStdout: command == 'login', encoding: 'UTF-8',
        script: "#!/bin/sh\ncd -- \"\$WORKSPACE\" || exit 8\nset -- ${command} ${directory}\n${launcher}")
}

/** What the launcher reads: the options, the directory, and the engine's configuration from before the first login. */
private List settings(Map login) {
    Map options = OPTIONS.findAll { name, option -> option.variables }
        .collectEntries { name, option -> [option.variables[0], login[name] ?: ''] }
    // The loader of the shell itself would read the last two, before the launcher can do without them.
    return assignments(options + ENGINE.collectEntries { name -> [name, login[name]] } +
        [CLOUDSMITH_OIDC_DIR: login.dir, LD_PRELOAD: '', LD_LIBRARY_PATH: ''])
}

/**
 * What a token looks like on a line of the console:
 * a JWT, whose header begins with {" or with a brace and white space, and whose dots may be escaped;
 * base64 of anything that holds one, at each of the three alignments;
 * and a whole line of the tool base64, as nothing else shows what its further lines are.
 * Every repeat is bounded and gives nothing back, so that a line of a megabyte costs less than a second. There is no
 * capturing group: the plugin would mask only that.
 */
private String tokenShape() {
    String dot = '(?:\\.|%2[Ee]|\\\\u002[Ee])'
    return [
        "e(?:yJ|yAi|wo|w0K)[\\w-]{8,512}+${dot}e[wy][\\w-]{8,8192}+${dot}[\\w-]{8,2048}+",
        '(?:ZX(?:l[KB]|dv|cw)|[GWm2]V(?:5[SQ]|3[bM])|[159BFJNRVZdhlptx]l(?:eU[opEF]|d2[89]|dz[AB]))' +
            '[\\w+/-]{40,8192}+={0,2}',
        '(?<![\\w+/-])[A-Za-z0-9+/]{76}(?![\\w+/=-])',
    ].join('|')
}

/** Runs the body, and masks on the console what has the shape of a token, if the Mask Passwords plugin is there. */
private void masked(String mask, Closure body) {
    boolean entered = false
    if (mask == 'true') {
        try {
            maskPasswords(varMaskRegexes: [[key: 'jwt', value: tokenShape()]]) {
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

/** The login that the options ask for: each option as text, by its name, and what else refresh() and cleanup() need. */
private Map loginFrom(Map options, boolean complete) {
    Set unknown = options.keySet() - OPTIONS.keySet()
    if (unknown) {
        error "cloudsmithOidc: unknown option ${unknown.join(', ')}; allowed: ${OPTIONS.keySet().join(', ')}"
    }
    Map login = [:]
    OPTIONS.each { name, option ->
        List variables = option.variables ?: []
        String text = options.containsKey(name) ? textOf(name, options[name])
            : option.value ?: variables.collect { variable -> env.getProperty(variable) }.find { value -> value }
        if (text) {
            login[name] = text
        } else if (complete && option.required) {
            error "cloudsmithOidc: option ${name} is missing; allowed: ${option.allowed}, or set env.${variables[0]}"
        }
    }
    if (complete && login.apiKeyCredentialsId) {
        error 'cloudsmithOidc: option apiKeyCredentialsId is for explain() only: a login has no use for an API key'
    }
    if (env.CHANGE_FORK && login.allowForks == 'false') {
        error "cloudsmithOidc: this builds a pull request from the fork ${env.CHANGE_FORK}, whose author could take " +
            'the Cloudsmith token; if every such author is to be trusted, give the option allowForks: true'
    }
    requireAgent()
    Map first = logins()[0]
    Map engine = ENGINE.collectEntries { name -> [name, first ? first[name] : env.getProperty(name) ?: ''] }
    String dir = login.dir ?: "${env.WORKSPACE_TMP ?: env.WORKSPACE + '@tmp'}/cloudsmith-oidc-${UUID.randomUUID()}"
    return login + engine + [dir: dir.startsWith('/') ? dir : "${env.WORKSPACE}/${dir}".toString(), node: nodeName()]
}

/** The value of an option as the program wants it, or one error that says why not. */
private String textOf(String name, Object given) {
    Map option = OPTIONS[name]
    boolean isText = given instanceof CharSequence
    // A map in the map is the options of one format.
    Map named = given instanceof Map ? given.collectEntries { key, value ->
        value instanceof Map ? value.collectEntries { half, each -> ["${key}.${half}".toString(), each] }
            : [(key): value]
    } : [:]
    boolean fits = [
        text: isText,
        list: isText || given instanceof List && given.every { item -> item instanceof CharSequence },
        map: given instanceof Map && given.every { entry -> entry.value instanceof CharSequence },
        options: given instanceof Map && named.every { entry ->
            entry.value != [] && (entry.value instanceof List ? entry.value : [entry.value]).every { item ->
                item instanceof CharSequence || item instanceof Boolean
            }
        },
        number: given instanceof Integer,
        switch: given instanceof Boolean,
    ][option.type]
    List parts = given instanceof Map ? assignments(named) : given instanceof List ? given : [given]
    List texts = parts.collect { part -> "${part}".toString() }
    String trouble = null
    if (!fits) {
        trouble = given == null ? 'which is nothing' : 'which is of another type'
    } else if (!texts || texts.any { text -> !text.trim() }) {
        trouble = 'in which something is missing'
    } else if (texts.any { text -> text ==~ /(?s).*\p{Cntrl}.*/ }) {
        trouble = 'in which there is a control character'
    } else if (option.type in ['list', 'map', 'options'] && texts.any { text -> text.contains(',') }) {
        trouble = 'in which there is a comma'
    }
    if (trouble) {
        String shown = given == null ? 'null' : "'${given}' (${given.getClass().simpleName})"
        error "cloudsmithOidc: option ${name} was given ${shown.replaceAll('\\p{Cntrl}', '?')}, ${trouble}; " +
            "allowed: ${option.allowed}"
    }
    return texts.join(',')
}

/** A directory belongs to one login, whose end removes it. Only a statement may renew what a statement left. */
private void requireFree(String directory, boolean block) {
    if (logins().any { other -> other.dir == directory && (block || !other.stays) }) {
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

/** The exit code of a failed {@code sh}, which its message ends with. */
private String inWords(AbortException failure) {
    String code = "${failure.message}".tokenize(' ')[-1]
    return "exit code ${code} (${EXIT_CODES[code] ?: 'unexpected'})"
}

/** The values as {@code name=value}, one for each of a list. */
private List assignments(Map values) {
    List texts = []
    values.each { name, value ->
        texts += (value instanceof List ? value : [value]).collect { each -> "${name}=${each}".toString() }
    }
    return texts
}

private Map parsed(String assignments) {
    return assignments.readLines().collectEntries { line -> line.split('=', 2).toList() }
}

/**
 * The logins that count here: the statements of this build and the blocks around the caller, the newest last.
 * Or what else {@link #encoded} made of maps.
 */
private List logins(String line = env.CLOUDSMITH_OIDC_LOGINS) {
    return (line ?: '').tokenize(' ').collect { login ->
        login.tokenize('&').collectEntries { pair ->
            pair.split('=', 2).collect { half -> URLDecoder.decode(half, 'UTF-8') }
        }
    }
}

/** Logins or other maps, without secrets, as one line for an environment variable: Jenkins keeps it on a restart. */
private String encoded(List logins) {
    return logins.collect { login ->
        login.collect { name, value -> [name, value].collect { half -> URLEncoder.encode(half, 'UTF-8') }.join('=') }
            .join('&')
    }.join(' ')
}

/** Keeps the statements for the rest of the build; a block keeps itself, for its body. */
private void save(List logins) {
    env.CLOUDSMITH_OIDC_LOGINS = encoded(logins.findAll { login -> login.stays })
}
