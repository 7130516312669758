package gcp

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"cloud.google.com/go/auth"
	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/api/option"

	"github.com/secretmux/secretmux"
)

// Options says where a [Provider] finds its secrets and how it gets there. Only
// Project is required. They are copied.
type Options struct {
	// Project is the id or the number of the project that holds the secrets.
	Project string
	// Location is the region of regional secrets, such as europe-west3. Empty
	// means global secrets.
	Location string
	// Prefix stands in front of every name. It has the characters of a secret's
	// name: letters, digits, "-" and "_".
	Prefix string
	// Separator stands in place of each "/" of a name: 1 to 8 of "-" and "_".
	// Empty means that a name with "/" is ErrInvalid.
	Separator string
	// Alias is the version that Get reads. Empty means latest. It is a version
	// alias of every secret that is read, or latest-enabled for the newest
	// version that is enabled, which costs a call of ListSecretVersions for each
	// read and needs secretmanager.versions.list.
	Alias string
	// Metadata makes a call of GetSecretVersion after each read, for
	// Secret.Created. It needs secretmanager.versions.get, which
	// roles/secretmanager.secretAccessor does not hold; without it the read is
	// ErrDenied.
	Metadata bool
	// Endpoint is the host or host:port to call. Empty means Google's own, that
	// of Location if it is set. One on loopback is taken for an emulator: it is
	// called without TLS and without credentials.
	Endpoint string
	// Credentials say who asks. Nil means the Application Default Credentials.
	// With an Endpoint on loopback they are ErrInvalid.
	Credentials *auth.Credentials
	// Client is used as it is; the caller silences its logger and closes it.
	// Endpoint, Credentials and ClientOptions are ErrInvalid beside it. Nil makes
	// one at the first call.
	Client *secretmanager.Client
	// ClientOptions come after this package's own when it makes a client: TLS
	// settings, a dialer. They must not set credentials; see Credentials.
	ClientOptions []option.ClientOption
}

// latestEnabled is this package's own word, in the form of an alias.
const (
	latest        = "latest"
	latestEnabled = "latest-enabled"
)

func (o Options) withDefaults() (Options, error) {
	if o.Alias == "" {
		o.Alias = latest
	}
	var err error
	if o.Endpoint != "" {
		o.Endpoint, err = endpointOf(o.Endpoint)
	}
	return o, errors.Join(o.mistake(), err)
}

func (o Options) mistake() error {
	var errs []error
	refuse := func(wrong bool, problem, hint string) {
		if wrong {
			errs = append(errs, mistake(problem, hint))
		}
	}
	refuse(o.Project == "", "the project is missing", "write gcp-sm://my-project")
	refuse(o.Project != "" && !validProject(o.Project), "the project is no project id or number",
		"a project id has 6 to 30 lower-case letters, digits and hyphens; it is not the project's name")
	refuse(o.Location != "" && !validLocation(o.Location), "the location is no region", "write a region such as europe-west3")
	refuse(!validID(o.Prefix+"x"), "the prefix can't start a secret's name", "a prefix has letters, digits, - and _, as in prod-")
	refuse(o.Separator != "" && !validSeparator(o.Separator), "the separator can't stand in a secret's name",
		"a separator is 1 to 8 of - and _, as in --")
	refuse(!validAlias(o.Alias), "the alias is no version alias", "an alias has up to 63 letters, digits, - and _, and starts with a letter")
	refuse(o.Client != nil && (o.Endpoint != "" || o.Credentials != nil || len(o.ClientOptions) > 0),
		"a client comes with settings for making one", "give Options.Client alone")
	refuse(o.Credentials != nil && o.Endpoint != "" && loopback(o.Endpoint),
		"credentials would go to an endpoint on loopback, where there is no TLS", "leave one of the two out")
	return errors.Join(errs...)
}

func mistake(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}

// endpointOf completes host to host:443. What looks like a URL is refused: its
// scheme would promise something.
func endpointOf(endpoint string) (string, error) {
	host, port, err := net.SplitHostPort(endpoint)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(endpoint, "["), "]"), "443"
	}
	u, err := url.Parse("//" + net.JoinHostPort(host, port))
	if err != nil || host == "" || port == "" || u.Hostname() != host || u.Port() != port ||
		strings.ContainsAny(host, "/@?# ") {
		return endpoint, mistake("the endpoint is no host and port", "write host or host:port, as in localhost:9090")
	}
	return net.JoinHostPort(host, port), nil
}

func loopback(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
