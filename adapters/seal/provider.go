package seal

import (
	"context"
	"encoding/base64"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

// mark begins every sealed value of a Provider.
const mark = "smx1:"

// Text seals value for the secret with this name, in the form that a [Provider] reads:
// "smx1:" and base64url without padding (RFC 4648, section 5). Write it to the backend
// under name, which is the name that the inner provider is asked for.
func (b *Box) Text(name string, value []byte) (string, error) {
	sealed, err := b.Seal(value, []byte(name))
	if err != nil {
		return "", err
	}
	return mark + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Provider returns a provider that reads from inner and opens the values with b. A
// value without the form of [Box.Text], such as a plain one, is ErrCorrupt, and so is a
// value that was sealed for another name: a source of sealed values must not return
// others. One final line break, which editors add, is dropped. Everything else comes
// from inner: its abilities, errors, versions and URI. Closing it closes inner. The
// owner of b must close b after it. A nil inner and a nil b are ErrInvalid at every
// read.
func Provider(inner secretmux.Provider, b *Box) secretmux.Provider {
	if inner == nil || b == nil {
		return secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			return secretmux.Secret{}, invalid("the provider or the box is nil", "check the errors of the calls that make the two")
		})
	}
	p := &opening{inner: inner, box: b}
	if _, ok := inner.(secretmux.ManyGetter); ok {
		return &openingMany{p}
	}
	return p
}

// opening opens the values that inner reads.
type opening struct {
	inner secretmux.Provider
	box   *Box
}

// openingMany is opening for a provider that has a batch call: a provider without one
// must not seem to have it, because a link reads its names one by one.
type openingMany struct{ *opening }

var (
	_ secretmux.ManyGetter    = (*openingMany)(nil)
	_ secretmux.VersionGetter = (*opening)(nil)
	_ secretmux.Lister        = (*opening)(nil)
	_ secretmux.Describer     = (*opening)(nil)
	_ secretmux.Checker       = (*opening)(nil)
)

func (p *opening) open(ctx context.Context, name string, s secretmux.Secret) (secretmux.Secret, error) {
	if s.IsZero() {
		return s, nil // the link reports the wrong number of results
	}
	text, ok := strings.CutPrefix(strings.TrimSuffix(strings.TrimSuffix(s.Reveal(), "\n"), "\r"), mark)
	if !ok {
		return p.fail(name, corrupt("the value is not sealed", "write the text that Box.Text returns for the name"))
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // the decoder ignores line breaks
		return p.fail(name, corrupt("the sealed value is malformed", "write the text that Box.Text returns for the name"))
	}
	value, err := p.box.Open(ctx, sealed, []byte(name))
	if err != nil {
		return p.fail(name, err)
	}
	return s.WithValue(value), nil
}

// fail adds the name of the secret. If the keyset can't be found, that does not make a
// secret absent, so a chain must not go on.
func (p *opening) fail(name string, err error) (secretmux.Secret, error) {
	e := &secretmux.Error{Op: "get", Name: name, Source: p.String(), Class: secretmux.ClassOf(err), Err: err}
	if e.Class == secretmux.ErrNotFound { //nolint:errorlint // ClassOf returns a sentinel
		e.Class, e.Err = secretmux.ErrUnavailable, nil
		e.Hint = "check the secret that the Box reads: the keyset was not found"
	}
	return secretmux.Secret{}, e
}

func (p *opening) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	s, err := p.inner.Get(ctx, name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	return p.open(ctx, name, s)
}

func (p *opening) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	s, err := secretmux.GetVersion(ctx, p.inner, name, version)
	if err != nil {
		return secretmux.Secret{}, err
	}
	return p.open(ctx, name, s)
}

func (p *openingMany) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results, err := secretmux.GetMany(ctx, p.inner, names)
	for i := range results {
		if r := &results[i]; r.Err == nil {
			r.Secret, r.Err = p.open(ctx, r.Name, r.Secret)
		}
	}
	return results, err
}

func (p *opening) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return secretmux.List(ctx, p.inner, prefix)
}

func (p *opening) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	return secretmux.Describe(ctx, p.inner, name)
}

func (p *opening) Check(ctx context.Context) error { return secretmux.Check(ctx, p.inner) }

func (p *opening) Close() error { return secretmux.Close(p.inner) }

func (p *opening) String() string {
	if s, ok := p.inner.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", p.inner)
}

// DefaultTTL, BackendName and Retries are the methods that a link looks for. If the
// provider lacks one, the result is the link's default.

func (p *opening) DefaultTTL() time.Duration {
	if d, ok := p.inner.(interface{ DefaultTTL() time.Duration }); ok {
		return d.DefaultTTL()
	}
	return 0
}

func (p *opening) BackendName(name string) string {
	if n, ok := p.inner.(interface{ BackendName(string) string }); ok {
		return n.BackendName(name)
	}
	return ""
}

func (p *opening) Retries() bool {
	if r, ok := p.inner.(interface{ Retries() bool }); ok {
		return r.Retries()
	}
	return true
}
