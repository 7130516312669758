package acme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

// Provider reads the secrets of one folder. It is safe for concurrent use.
type Provider struct {
	opts    Options
	address string
	base    string // scheme and host
	// roundTrip and idle are functions, because reflection can't look into functions. The
	// buffers of a connection hold tokens and values, and a printer that uses reflection
	// would follow the pointers to them.
	roundTrip func(*http.Request) (*http.Response, error)
	idle      func()
	closed    atomic.Bool
}

// New makes a provider. It makes no call, so a service can start while Acme is down.
func New(o Options) (*Provider, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	p := &Provider{opts: o, address: o.address().String(), base: "https://" + o.Host, idle: func() {}}
	if o.HTTP {
		p.base = "http://" + o.Host
	}
	if o.Transport == nil {
		own := &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
		}
		o.Transport, p.idle = own, own.CloseIdleConnections
	}
	p.roundTrip, p.opts.Transport = o.Transport.RoundTrip, nil
	return p, nil
}

// String returns the address, which opens the same place.
func (p *Provider) String() string { return p.address }

// Close closes idle connections. Later reads fail with ErrClosed.
func (p *Provider) Close() error {
	p.closed.Store(true)
	p.idle()
	return nil
}

// Get reads the current value.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.read(ctx, name, "")
}

// GetVersion reads one version: a number, current or previous.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	switch n, err := strconv.ParseUint(version, 10, 63); {
	case version == secretmux.VersionCurrent:
		version = ""
	case version != secretmux.VersionPrevious && (err != nil || n == 0 || strconv.FormatUint(n, 10) != version):
		return secretmux.Secret{}, p.fail("get version", "", errVersionID)
	}
	return p.read(ctx, name, version)
}

// Check asks Acme whether it knows the token. It reads no secret.
func (p *Provider) Check(ctx context.Context) error {
	var me struct{ Name string }
	err := p.call(ctx, request{method: http.MethodGet, path: "/v1/whoami"}, &me)
	if err == nil && me.Name == "" {
		err = errMalformed
	}
	return p.fail("check", "", err)
}

func (p *Provider) read(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	key := p.key(name)
	// A name is one segment. url.JoinPath and path.Join would clean it, and a "/" in it
	// would end the segment.
	r := request{method: http.MethodGet, path: "/v1/secrets/" + url.PathEscape(key)}
	if version != "" {
		r.query = url.Values{"version": {version}}
	}
	var got secret
	if err := p.call(ctx, r, &got); err != nil {
		return secretmux.Secret{}, p.fail("get", name, err)
	}
	found, err := p.secret(got, key)
	return found, p.fail("get", name, err)
}

// key is the name in the backend.
func (p *Provider) key(name string) string {
	if p.opts.Folder == "" {
		return name
	}
	return p.opts.Folder + "/" + name
}

// secret is one secret on the wire.
type secret struct {
	Name    string    `json:"name"`
	Value   []byte    `json:"value"` // encoding/json reads base64 into bytes
	Version uint64    `json:"version"`
	Created time.Time `json:"created"`
	SHA256  string    `json:"sha256"`
	Error   string    `json:"error"` // the error of one name in a batch
}

// secret accepts an answer only if it is complete and about the name that was asked for,
// because {} and a proxy's own JSON decode without an error too.
func (p *Provider) secret(got secret, key string) (secretmux.Secret, error) {
	if got.Name != key || got.Version == 0 {
		return secretmux.Secret{}, errMalformed
	}
	if sum := sha256.Sum256(got.Value); got.SHA256 != hex.EncodeToString(sum[:]) {
		return secretmux.Secret{}, errChecksum
	}
	return secretmux.NewSecret(got.Value, secretmux.Meta{
		Version: strconv.FormatUint(got.Version, 10), Created: got.Created, Source: p.address,
	}), nil
}
