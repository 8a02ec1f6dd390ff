import groovy.transform.Field
import hudson.AbortException
import org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

// A login: one `sh` with a fresh ID token runs the launcher, resources/cloudsmith/oidc/cloudsmith-oidc.sh, which prints
// the variables that point the clients to their files; a second `sh` removes the directory. No token enters Groovy,
// as Jenkins saves its variables. What later calls need is in variables CLOUDSMITH_OIDC_*, in lines: BLOCKS around
// the caller and LOGINS of statements (NODE=DIRECTORY), VARIABLES that these set, and the LOGIN to refresh. Its options
// are not in their own variables: the vendor's CLI would see CLOUDSMITH_ORG in a body, and log in by itself.

/** Every option: what it must be, and the variable that carries it to the program and is its default, if any. */
@Field static final Map OPTIONS = [
    service: [types: ['a text'], variable: 'CLOUDSMITH_SERVICE_SLUG'],
    org: [types: ['a text'], variable: 'CLOUDSMITH_ORG'],
    repo: [types: ['a text', 'a list'], variable: 'CLOUDSMITH_REPO'],
    formats: [types: ['a text', 'a list'], variable: 'CLOUDSMITH_FORMATS'],
    formatOptions: [types: ['a map'], variable: 'CLOUDSMITH_FORMAT_OPTIONS'],
    npmScope: [types: ['a text', 'a list'], variable: 'CLOUDSMITH_NPM_SCOPE'],
    domains: [types: ['a map'], variable: 'CLOUDSMITH_DOMAINS'],
    inherit: [types: ['true or false'], variable: 'CLOUDSMITH_INHERIT'],
    runtime: [types: ['a text'], variable: 'CLOUDSMITH_OIDC_RUNTIME'],
    image: [types: ['a text'], variable: 'CLOUDSMITH_OIDC_IMAGE'],
    network: [types: ['a text'], variable: 'CLOUDSMITH_OIDC_NETWORK'],
    apiHost: [types: ['a text'], variable: 'CLOUDSMITH_API_HOST'],
    timeout: [types: ['a whole number'], variable: 'CLOUDSMITH_TIMEOUT'],
    html: [types: ['a text'], variable: 'CLOUDSMITH_OIDC_HTML'],
    credentialsId: [types: ['a text']], apiKeyCredentialsId: [types: ['a text']], dir: [types: ['a text']],
    allowForks: [types: ['true or false']], mask: [types: ['true or false']],
]

/** Where the container engine has its configuration. It always gets the values from before the first login. */
@Field static final List ENGINE = ['DOCKER_CONFIG', 'REGISTRY_AUTH_FILE']

@Field static final Map EXIT_CODES = [
    '2': 'wrong usage or settings', '3': 'the ID token is missing, malformed or expired',
    '4': 'Cloudsmith refused the exchange', '5': 'rate limited past the deadline', '7': 'an answer not understood',
    '6': 'network, TLS, proxy or server trouble past the deadline', '8': 'could not write or remove the files',
]

// With a body: logs in, runs the body with the clients configured, removes everything whatever happens, and returns the
// body's value. Without: logs in, and the clients stay configured for the build on this node until cleanup().
Object call(Map options = [:], Closure body = null) {
    require(!options.html && !options.apiKeyCredentialsId, 'options html and apiKeyCredentialsId are for explain()')
    Map login = loginFrom(options)
    ['service', 'org'].each { name ->
        require(login[name], "option ${name} is missing: give it, or set env.${OPTIONS[name].variable}")
    }
    List inUse = directories(body == null ? ['BLOCKS'] : ['BLOCKS', 'LOGINS'])
    require(!inUse.contains(login.dir), "option dir: ${login.dir} is in use by another login of this build")
    return masked(login) { body == null ? logInForTheBuild(login) : logInAround(login, body) }
}
Object call(Closure body) { return call([:], body) }

/** Reports any other call as an error. Without it, Jenkins asks administrators to approve `invokeMethod`. */
void call(Object... arguments) {
    List unnamed = arguments.toList().findAll { argument -> !(argument instanceof Map || argument instanceof Closure) }
    require(false, "options have names, as in cloudsmithOidc(service: 'ci-reader'), but ${unnamed} has none")
}

/** Replaces the tokens in the files of the block around it, or else of the last statement, by fresh ones. */
void refresh() {
    Map login = parsed(records('LOGIN'))
    require(directories(['BLOCKS', 'LOGINS']).contains(login.dir), 'nothing to refresh on this node: call ' +
        'refresh() inside cloudsmithOidc(…) { … } or after the statement, on the same node')
    withEnv(['CLOUDSMITH_OIDC_REFRESH=true']) { masked(login) { logIn(login) } }
    echo 'cloudsmithOidc: the files are new: what docker login, npm config set or helm repo add wrote there is gone'
}

/** Removes what the statements left on this node, newest first, and unsets their variables: '' is as good as unset. */
void cleanup() {
    directories(['LOGINS']).reverse().each { directory -> logOut([dir: directory, loggedIn: 'true'], true) }
    List left = records('LOGINS').findAll { record -> !record.startsWith("${env.NODE_NAME}=/") }
    left.each { record -> echo "cloudsmithOidc: cleanup() leaves ${record} (NODE=DIRECTORY): call it on that node" }
    if (!left) {
        Map login = parsed(records('LOGIN'))
        records('VARIABLES').each { name -> env.setProperty(name, login[name] ?: '') } // login has those of ENGINE
    }
    env.CLOUDSMITH_OIDC_LOGINS = left.join('\n')
}

/** Diagnoses the login on the console, writes only the page `html`, and fails the build if it finds an error. */
void explain(Map options = [:]) {
    Map login = loginFrom(options)
    masked(login) { launchWithToken('explain', login) }
}

private Object logInAround(Map login, Closure body) {
    Map variables = logIn(login)
    variables.CLOUDSMITH_OIDC_LOGIN = assignments(login).join('\n')
    variables.CLOUDSMITH_OIDC_BLOCKS = (records('BLOCKS') + "${env.NODE_NAME}=${login.dir}").join('\n')
    boolean succeeded = false
    try {
        return withEnv(assignments(variables)) {
            Object value = body()
            succeeded = true
            // Jenkins must be able to save the value during the clean-up. If it cannot, it silently ends the build.
            value instanceof Serializable ? value : null
        }
    } finally {
        logOut(login, succeeded)
    }
}

private void logInForTheBuild(Map login) {
    Map pointers = logIn(login)
    Map before = pointers.collectEntries { name, value -> [name, env.getProperty(name) ?: ''] }
    pointers.each { name, value -> env.setProperty(name, value) }
    List hidden = pointers.keySet().findAll { name -> env.getProperty(name) != pointers[name] }.toList()
    if (hidden) {
        pointers.keySet().each { name -> env.setProperty(name, hidden.contains(name) ? '' : before[name]) }
        logOut(login, false)
        require(false, "a block, withEnv or environment { } around this sets ${hidden.join(', ')}: use the block form")
    }
    env.CLOUDSMITH_OIDC_LOGIN = assignments(login).join('\n')
    env.CLOUDSMITH_OIDC_LOGINS = (records('LOGINS') + "${env.NODE_NAME}=${login.dir}".toString()).unique().join('\n')
    env.CLOUDSMITH_OIDC_VARIABLES =
        (records('VARIABLES') + pointers.keySet() + ['CLOUDSMITH_OIDC_LOGIN', 'CLOUDSMITH_OIDC_VARIABLES']).join('\n')
}

/** Writes the files, and returns the variables that point the clients to them. */
private Map logIn(Map login) {
    try {
        Map pointers = parsed(launchWithToken('login', login).readLines())
        login.loggedIn = 'true'
        // The build could forge lines of the output, such as PATH=…. Jenkins ignores case in names.
        List known = libraryResource('cloudsmith/oidc/variables.txt').readLines()
        String names = "(?i)(${known.join('|')})".replaceAll('_N\\b', '_[0-9]+')
        Set unknown = pointers.keySet().findAll { name -> !(name ==~ names) }
        require(!unknown, "something on the node has added variables to the login's: ${unknown.join(', ')}")
        return pointers
    } catch (Exception failure) {
        // A launcher that fails removes what it has made. One that is interrupted may have logged in unseen.
        boolean mayHoldToken = login.loggedIn || !(failure instanceof AbortException)
        if (mayHoldToken && !directories(['BLOCKS', 'LOGINS']).contains(login.dir)) { logOut(login, false) }
        throw failure
    }
}

// Removes the login directory, with all that the build has put there if the login succeeded. A failure is only
// reported, as the build's own error takes precedence. An abort is passed on, unless the build has failed before.
private void logOut(Map login, boolean succeeded) {
    try {
        launch(login.loggedIn ? 'logout --force' : 'logout', login)
    } catch (Exception failure) {
        if (succeeded && failure instanceof FlowInterruptedException) { throw failure }
        echo "cloudsmithOidc: ${login.dir} may still hold a Cloudsmith token: ${failure.message ?: 'it was aborted'}"
    }
}

/** Runs the launcher with a fresh ID token; returns what it printed if it logs in. */
private String launchWithToken(String command, Map login) {
    List secrets = [credentialsId: 'CLOUDSMITH_OIDC_TOKEN', apiKeyCredentialsId: 'CLOUDSMITH_API_KEY']
        .findAll { option, variable -> login[option] }
        .collect { option, variable -> string(credentialsId: login[option], variable: variable) }
    try {
        return withCredentials(secrets) { launch(command, login) }
    } catch (AbortException | RuntimeException failure) {
        String words = EXIT_CODES["${failure.message}".tokenize(' ')[-1]] ?: 'unexpected'
        String advice = " (${words}). The lines above say why and what to do"
        if (failure instanceof CredentialNotFoundException) {
            advice = '. credentialsId must name an "OpenID Connect id token" (not "as file"), apiKeyCredentialsId a ' +
                'secret text, both with the Scope Global (no job sees one with System), or in a folder of this job'
        } else if ("${failure.message}".startsWith('Apparently unsubstituted claims')) {
            advice = '. For a URL, enter the Jenkins URL in Manage Jenkins, System: Jenkins does not know its own. ' +
                'For another variable, correct the claim template in Manage Jenkins, Security'
        }
        error "cloudsmithOidc: ${command} failed: ${failure.message ?: failure}${advice}"
    }
}

/** Runs the launcher. LD_*: what they name would be loaded into its shell before it can unset them. */
private String launch(String command, Map login) {
    Map variables = OPTIONS.findAll { name, option -> option.variable }
        .collectEntries { name, option -> [option.variable, login[name] ?: ''] } +
        ENGINE.collectEntries { name -> [name, login[name] ?: ''] } +
        [CLOUDSMITH_OIDC_DIR: login.dir, LD_PRELOAD: '', LD_LIBRARY_PATH: '']
    String directory = command == 'explain' ? '' : '"$CLOUDSMITH_OIDC_DIR"'
    String launcher = libraryResource('cloudsmith/oidc/cloudsmith-oidc.sh')
    return withEnv(assignments(variables)) {
        sh(label: "cloudsmith-oidc ${command}", returnStdout: command == 'login', encoding: 'UTF-8',
            script: "#!/bin/sh\ncd -- \"\$WORKSPACE\" || exit 8\nset -- ${command} ${directory}\n${launcher}")
    }
}

/** Runs the body, and masks on the console what looks like a token, if the Mask Passwords plugin is there. */
private Object masked(Map login, Closure body) {
    if (login.mask == 'false') { return body() }
    String mask = libraryResource('cloudsmith/oidc/token-shape.txt').replaceAll('(?m)^#.*\n', '').readLines().join('|')
    boolean entered = false
    try {
        return maskPasswords(varMaskRegexes: [[key: 'jwt', value: mask]]) {
            entered = true
            body()
        }
    } catch (NoSuchMethodError | Exception failure) {
        if (entered || failure instanceof FlowInterruptedException) { throw failure }
    }
    if (!env.CLOUDSMITH_OIDC_UNMASKED) {
        env.CLOUDSMITH_OIDC_UNMASKED = 'said'
        echo 'cloudsmithOidc: tokens that clients print are not masked: there is no plugin Mask Passwords 173 or newer'
    }
    return body()
}

/** Returns the login that the options ask for: each option as text, and the engine's configuration. */
private Map loginFrom(Map options) {
    Set unknown = options.keySet() - OPTIONS.keySet()
    require(!unknown, "unknown option ${unknown.join(', ')}; there are: ${OPTIONS.keySet().join(', ')}")
    Map login = OPTIONS.collectEntries { name, option ->
        String preset = option.variable ? env.getProperty(option.variable) : ''
        [name, options.containsKey(name) ? textOf(name, options[name]) : preset ?: '']
    }
    require(!env.CHANGE_FORK || login.allowForks == 'true', "this builds a pull request from the fork " +
        "${env.CHANGE_FORK}, whose author could take the token. If you trust every such author, give allowForks: true")
    require(env.WORKSPACE, 'there is no workspace: run this inside node { … } or in a stage with an agent')
    require(isUnix(), 'this agent runs Windows, and the step needs a POSIX sh: use a Linux or macOS agent')
    String dir = login.dir ?: "${env.WORKSPACE_TMP ?: env.WORKSPACE + '@tmp'}/cloudsmith-oidc-${UUID.randomUUID()}"
    String path = dir.startsWith('/') ? dir : "${env.WORKSPACE}/${dir}"
    Map outer = parsed(records('LOGIN'))
    return login + ENGINE.collectEntries { name -> [name, (outer ? outer[name] : env.getProperty(name)) ?: ''] } + [
        org: login.org ?: env.CLOUDSMITH_WORKSPACE ?: '',
        credentialsId: login.credentialsId ?: 'oidc-token-cred',
        // In one spelling: otherwise an inner block could log in to ./x/, and then remove an outer one's x.
        dir: '/' + path.tokenize('/').findAll { part -> part != '.' }.join('/'),
    ]
}

/** Returns an option's value as the program reads it: with commas between what a list or a map holds. */
private String textOf(String name, Object given) {
    List types = OPTIONS[name].types
    Map fits = ['a text': given instanceof CharSequence, 'a list': given instanceof List, 'a map': given instanceof Map,
        'a whole number': given instanceof Integer, 'true or false': given instanceof Boolean]
    List texts = textsIn('', given)
    boolean plain = texts.every { text -> text.trim() && text == text.replaceAll('\\p{Cntrl}', '') }
    String shown = "'${given}' (${given?.getClass()?.simpleName})".replaceAll('\\p{Cntrl}', '?')
    require(plain && types.any { type -> fits[type] }, "option ${name} must be ${types.join(' or ')}, " +
        "${plain ? '' : 'and no part of it empty or with a control character, '}but it is ${shown}")
    return texts.join(',')
}

/** Returns what a list or a map holds: an entry as KEY=VALUE, one of a map in the map as KEY.KEY=VALUE. */
private List textsIn(String key, Object value) {
    if (value instanceof Map && value) {
        return value.collectMany { name, each -> textsIn(key ? "${key}.${name}" : "${name}", each) }
    }
    if (value instanceof List && value) { return value.collectMany { each -> textsIn(key, each) } }
    String text = value in [null, [], [:]] ? '' : "${value}".toString()
    return [key && text.trim() ? "${key}=${text}".toString() : text]
}

private void require(Object holds, String message) { if (!holds) { error "cloudsmithOidc: ${message}" } }
private List assignments(Map values) { return values.collect { name, value -> "${name}=${value}".toString() } }
private Map parsed(List lines) { return lines.collectEntries { line -> line.split('=', 2).toList() } }
private List records(String kind) { return (env.getProperty("CLOUDSMITH_OIDC_${kind}") ?: '').readLines() }
private List directories(List kinds) {
    String node = "${env.NODE_NAME}="
    return kinds.collectMany { kind -> records(kind) }.findAll { record -> record.startsWith("${node}/") }
        .collect { record -> record.substring(node.length()) }
}
