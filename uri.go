package secretmux

import (
	"errors"
	"maps"
	"net/url"
	"runtime"
	"slices"
	"strings"

	"github.com/secretmux/secretmux/internal/pasted"
)

// URI says where one link of a config string finds its secrets:
//
//	scheme ":" [ "//" authority ] path [ "?" params ]
//
// The authority says where the store is, the path where inside it. A URI holds
// no credentials: [ParseURI] refuses them. It is immutable and safe for
// concurrent use.
type URI struct {
	// Scheme names the backend, in lower case.
	Scheme string
	// Authority is the host, region, project or vault: the text between "//" and
	// the next "/". It may be empty.
	Authority string
	// Path is percent-decoded. After an authority it is empty or starts with "/".
	Path string

	params map[string][]string // more than one value only of repeatable
}

// repeatable is the parameter that a link may have more than once: the arguments of
// a command. Any other that comes twice is a mistake.
const repeatable = "arg"

// ParseURI parses one link. All errors are ErrInvalid and quote none of it.
func ParseURI(s string) (*URI, error) {
	// url.Parse would cut the fragment off without a word, and the link would open
	// something else.
	if strings.Contains(s, "#") {
		return nil, invalidURI("a link has no #fragment", "percent-encode a # as %23; fields belong to Get")
	}
	// net/url is strict enough to parse with, but its errors quote their input, and the
	// input may be a value in the wrong variable. Not one of them is passed on.
	u, err := url.Parse(s)
	var malformed *url.Error
	if errors.As(err, &malformed) && strings.HasPrefix(malformed.Err.Error(), "invalid port") { // the cause quotes its input and is dropped
		return nil, invalidURI("its host has a : that no port number follows",
			"write a number there; of a Google Cloud project of a domain, as in gcp-sm://example.com:my-project, use the project number")
	}
	if err != nil || u.Scheme == "" {
		// The cause quotes its input and is dropped.
		return nil, invalidURI("it is not a URI", pasted.Hint(s))
	}
	// A userinfo is a credential even if it is only a name: half of those who write one
	// write the password too.
	if u.User != nil {
		return nil, invalidURI("it has credentials before the host", credentialHint)
	}
	// A path without a leading slash is opaque to net/url, which does not decode it
	// then.
	path := u.Path
	if u.Opaque != "" {
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return nil, invalidURI("its path has a broken percent-encoding", "write a literal % as %25")
		}
	}
	// A comma in a host would divide the link where String is read back.
	if !printable(path) || !printable(u.Host) || strings.Contains(u.Host, ",") {
		return nil, invalidURI("its path or host has a control character or is not UTF-8, or its host has a comma", "")
	}
	params, err := parseParams(u.RawQuery)
	if err != nil {
		return nil, err
	}
	// net/url has the scheme in lower case already.
	return &URI{Scheme: u.Scheme, Authority: u.Host, Path: path, params: params}, nil
}

const credentialHint = "credentials are never part of a config string: " +
	"give them to the backend's Options, its environment variables or a file, such as token_file="

// invalidURI is for any mistake in a config string. It never says which link: numbered
// does that.
func invalidURI(problem, hint string) error { return invalid("parse config", problem, hint) }

// url.ParseQuery says what it could not read. URL.Query drops it, and a broken ttl=
// would not count, without a word.
func parseParams(query string) (map[string][]string, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, invalidURI("its parameters are malformed", "write ?key=value&key=value and percent-encode ; and %")
	}
	var credential, repeated, unprintable error // one of a kind, as none says which
	// A map has no order. Each kind of mistake is told once, and the errors come in the
	// same order each time.
	for key, all := range values {
		switch {
		case credentialParam(key):
			credential = invalidURI("it has a parameter for a credential", credentialHint)
		case len(all) > 1 && key != repeatable:
			repeated = invalidURI("it has a parameter twice", "give each parameter once")
		case !printable(key) || !allPrintable(all):
			unprintable = invalidURI("a parameter has a control character or is not UTF-8", "")
		}
	}
	return values, errors.Join(credential, repeated, unprintable)
}

// allPrintable reports whether a log line can show each of values.
func allPrintable(values []string) bool {
	return !slices.ContainsFunc(values, func(value string) bool { return !printable(value) })
}

// credentialParam reports whether a parameter's key says that its value is a
// secret. References to one (token_file, token_env) are welcome.
//
// It refuses more than any backend of ours takes, because providers of others use the
// same parser: a reviewer of a config string must be able to say that it holds no
// secret.
func credentialParam(key string) bool {
	key = strings.ToLower(strings.ReplaceAll(key, "-", "_"))
	// It says where the credential is, and does not hold it.
	if strings.HasSuffix(key, "_file") || strings.HasSuffix(key, "_env") {
		return false
	}
	switch key {
	case "token", "password", "passwd", "pass", "pwd", "secret", "secret_id", "secretid", "secret_key", "secret_access_key",
		"access_key", "access_key_id", "accesskey", "accesskeyid", "client_secret", "clientsecret", "api_key", "apikey", "key",
		"private_key", "session_token", "sas", "sig", "signature", "jwt", "bearer", "authorization", "auth_token", "access_token",
		"credentials", "user", "username_password", "userinfo":
		return true
	}
	// What comes with a backend's name in front, as in vault_token.
	return strings.Contains(key, "password") || strings.HasSuffix(key, "_token") || strings.HasSuffix(key, "_secret")
}

// String returns the URI in its canonical form, parameters sorted, which
// [ParseURI] reads back to an equal URI. It holds no credentials, so it is the
// Source of secrets and errors.
//
// It is also how two links are compared, and how a provider that was made in code says
// which link would open the same place.
func (u *URI) String() string {
	var b strings.Builder
	b.WriteString(u.Scheme + ":")
	// The two slashes also tell an absolute path from one that is relative to the
	// working directory.
	if u.Authority != "" || strings.HasPrefix(u.Path, "/") {
		b.WriteString("//" + (&url.URL{Host: u.Authority}).String()[len("//")*min(1, len(u.Authority)):])
	}
	path := (&url.URL{Path: u.Path}).EscapedPath()
	// A URL allows both in a path, a config string divides links there.
	b.WriteString(strings.NewReplacer(",", "%2C", "|", "%7C").Replace(path))
	separator := "?"
	// Sorted: the source of a secret must not change from one process to the next.
	for _, key := range u.Keys() {
		for _, value := range u.params[key] {
			b.WriteString(separator + url.QueryEscape(key) + "=" + url.QueryEscape(value))
			separator = "&"
		}
	}
	return b.String()
}

// Param returns the value of one parameter, the first where it has several, and
// whether the URI has it. For reading and checking all of them see [URI.Params].
func (u *URI) Param(key string) (value string, ok bool) {
	return first(u.params[key])
}

// first returns the only value of a parameter that may come once.
func first(values []string) (value string, ok bool) {
	if len(values) == 0 {
		return "", false
	}
	return values[0], true
}

// Keys returns the names of the parameters, sorted.
func (u *URI) Keys() []string { return slices.Sorted(maps.Keys(u.params)) }

// With returns a copy of u with one parameter set, or without it if all values
// are empty. A provider that was made in code prints its address with it: String
// then gives what opens the same place. Neither key nor values are checked; only
// arg may have several.
func (u *URI) With(key string, values ...string) *URI {
	own := *u
	// The original stays as it is: a URI is immutable, and others may hold it.
	own.params = maps.Clone(u.params)
	// An empty value would not parse: Params refuses it as an unset variable.
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == "" })
	if len(values) == 0 {
		delete(own.params, key)
		return &own
	}
	// A URI that was written as a literal has no map yet.
	if own.params == nil {
		own.params = make(map[string][]string, 1)
	}
	own.params[key] = values
	return &own
}

// LocalPath returns the path of a backend on this machine. An authority is
// ErrInvalid: file://etc/secrets means a host called etc.
func (u *URI) LocalPath() (string, error) {
	if u.Authority != "" {
		return "", invalidURI(u.Scheme+": takes no host between // and the path",
			"write "+u.Scheme+":relative/path or "+u.Scheme+":///absolute/path")
	}
	return localPath(u.Path, runtime.GOOS), nil
}

// localPath takes the "/" off a path with a drive, which file:///C:/x has in
// front of it (RFC 8089, appendix E.2).
//
// The operating system is an argument so that a test on one can look at all of them.
func localPath(path, goos string) string {
	if goos == "windows" && len(path) > 2 && path[0] == '/' && path[2] == ':' {
		return path[1:]
	}
	return path
}
