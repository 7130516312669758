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
// Project is required. Options are copied. The values that they point to must be safe
// for concurrent use.
type Options struct {
	// Project is the id or the number of the project that holds the secrets. For
	// a project with a domain, such as example.com:my-project, give its number:
	// its id can't be part of a URI.
	Project string
	// Location is the region of regional secrets, such as europe-west3. Empty
	// means global secrets. The word global and a zone are ErrInvalid.
	Location string
	// Prefix is put in front of every name. It has the characters of a secret's
	// name: letters, digits, "-" and "_".
	Prefix string
	// Separator replaces each "/" of a name: 1 to 8 of "-" and "_". Empty means
	// that a name with "/" is ErrInvalid.
	Separator string
	// Alias is the version that Get reads. Empty means latest. Every secret that is
	// read must have this version alias. latest-enabled means the newest version that
	// is enabled: it costs a call of ListSecretVersions for each read and needs
	// secretmanager.versions.list.
	Alias string
	// Metadata makes a call of GetSecretVersion after each read, for
	// Secret.Created. It needs secretmanager.versions.get, which
	// roles/secretmanager.secretAccessor does not hold; without it the read is
	// ErrDenied.
	Metadata bool
	// Endpoint is the host or host:port to call. The port is 443 if there is none.
	// Empty means Google's own endpoint, or the endpoint of Location if that is set.
	// A host on loopback counts as an emulator: it is called without TLS and without
	// credentials.
	Endpoint string

	// Credentials are the identity that reads. Nil means the Application Default
	// Credentials. With an Endpoint on loopback they are ErrInvalid.
	Credentials *auth.Credentials
	// Client is used unchanged. The caller must silence its logger and close it. If
	// it is set, Endpoint, Credentials and ClientOptions are ErrInvalid. Nil means
	// that the first call makes a client.
	Client *secretmanager.Client
	// ClientOptions are added after this package's own options when it makes a
	// client, for example TLS settings or a dialer. They must not set
	// credentials; see Credentials.
	ClientOptions []option.ClientOption
}

// latestEnabled is a word of this package, in the form of an alias.
const (
	latest        = "latest"
	latestEnabled = "latest-enabled"
)

// check returns o with its defaults, or ErrInvalid with everything that is wrong with
// it.
func (o Options) check() (Options, error) {
	if o.Alias == "" {
		o.Alias = latest
	}
	var errs []error
	if o.Endpoint != "" {
		endpoint, err := endpointOf(strings.ToLower(o.Endpoint))
		o.Endpoint, errs = endpoint, append(errs, err)
	}
	refuse := func(wrong bool, problem, hint string) {
		if wrong {
			errs = append(errs, secretmux.Invalid("open", problem, hint))
		}
	}
	errs = append(errs, checkProject(o.Project), checkLocation(o.Location))
	refuse(!validID(o.Prefix+"x"), "a secret's name can't start with this prefix", "write letters, digits, - and _, as in prod-")
	refuse(o.Separator != "" && !validSeparator(o.Separator), "the separator can't be part of a secret's name",
		"write 1 to 8 characters, each of them - or _, as in --")
	refuse(!validAlias(o.Alias), "the alias is not a version alias", "write up to 63 letters, digits, - and _, with a letter at the start")
	refuse(o.Client != nil && (o.Endpoint != "" || o.Credentials != nil || len(o.ClientOptions) > 0),
		"Options.Client is set together with settings for making a client", "set only Options.Client")
	refuse(o.Credentials != nil && o.Endpoint != "" && loopback(o.Endpoint),
		"credentials would go to an endpoint on loopback, where there is no TLS", "leave out the credentials or the endpoint")
	return o, errors.Join(errs...)
}

func checkProject(project string) error {
	switch {
	case project == "":
		return secretmux.Invalid("open", "the project is missing", "write gcp-sm://my-project")
	case strings.Contains(project, ":"):
		return secretmux.Invalid("open", "the project's id has a colon, and a URI can't hold it",
			"write the project's number: gcloud projects describe PROJECT_ID --format='value(projectNumber)'")
	case !validProject(project):
		return secretmux.Invalid("open", "the project is not the id or the number of a project",
			"write the id, and not the project's name: it has 6 to 30 lower-case letters, digits and hyphens")
	}
	return nil
}

func checkLocation(location string) error {
	switch {
	case location == "" || isRegion(location):
		return nil
	case location == "global":
		return secretmux.Invalid("open", "the location global is not a region", "leave out location= for global secrets, or write a region such as europe-west3")
	case isZone(location):
		return secretmux.Invalid("open", "the location is a zone, and secrets are in regions", "leave out the end after the region, as in europe-west3")
	}
	return secretmux.Invalid("open", "the location is not a region", "write a region such as europe-west3, or leave out location= for global secrets")
}

// uri is the address of the same place. It does not hold Credentials, Client and
// ClientOptions.
func (o Options) uri() *secretmux.URI {
	u := (&secretmux.URI{Scheme: Scheme, Authority: o.Project}).
		With("location", o.Location).With("prefix", o.Prefix).With("sep", o.Separator).With("endpoint", o.Endpoint)
	if o.Alias != latest {
		u = u.With("alias", o.Alias)
	}
	if o.Metadata {
		u = u.With("metadata", "true")
	}
	return u
}

// endpointOf completes host to host:443. A URL is refused, because its scheme
// would have no effect.
func endpointOf(endpoint string) (string, error) {
	host, port, err := net.SplitHostPort(endpoint)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(endpoint, "["), "]"), "443"
	}
	u, err := url.Parse("//" + net.JoinHostPort(host, port))
	if err != nil || host == "" || port == "" || u.Hostname() != host || u.Port() != port ||
		strings.ContainsAny(host, "/@?# ") {
		return endpoint, secretmux.Invalid("open", "the endpoint is not a host, or a host and a port", "write host or host:port, as in localhost:9090")
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
