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

// Text seals value for the secret called name, as a [Provider] reads it: "smx1:" and
// base64url without padding (RFC 4648, section 5). Write it to the backend under name,
// which is the name that the inner provider is asked for.
func (b *Box) Text(name string, value []byte) (string, error) {
	sealed, err := b.Seal(value, []byte(name))
	if err != nil {
		return "", err
	}
	return mark + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Provider returns inner with its values opened by b. A value that is not of [Box.Text]'s
// form, a plain one above all, and one that was sealed for another name are ErrCorrupt: a
// source that should hold sealed values only must not pass others on. One final line
// break, as an editor leaves it, is dropped. Everything else is inner's: what it can do,
// its errors, versions and URI. Closing it closes inner; b must be closed by its owner,
// after it. A nil inner and a nil b are ErrInvalid at every read.
func Provider(inner secretmux.Provider, b *Box) secretmux.Provider {
	if inner == nil || b == nil {
		return secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			return secretmux.Secret{}, invalid("the provider or the box is nil", "check the error of the call that should have made it")
		})
	}
	p := &opening{inner: inner, box: b}
	if _, ok := inner.(secretmux.ManyGetter); ok {
		return &openingMany{p}
	}
	return p
}

// opening opens what inner reads.
type opening struct {
	inner secretmux.Provider
	box   *Box
}

// openingMany is opening for a provider that has a batch call: one without must not seem
// to have it, as its names are read each on their own.
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
		return s, nil // the link says what is wrong with that
	}
	text, ok := strings.CutPrefix(strings.TrimSuffix(strings.TrimSuffix(s.Reveal(), "\n"), "\r"), mark)
	if !ok {
		return p.fail(name, corrupt("the value is not sealed", "write what Box.Text returns for the name"))
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // the decoder passes over line breaks
		return p.fail(name, corrupt("the sealed value is malformed", "write what Box.Text returns for the name"))
	}
	value, err := p.box.Open(ctx, sealed, []byte(name))
	if err != nil {
		return p.fail(name, err)
	}
	return s.WithValue(value), nil
}

// fail says which secret it is. A keyset that can't be found has made no secret absent,
// so that a chain must not go on.
func (p *opening) fail(name string, err error) (secretmux.Secret, error) {
	e := &secretmux.Error{Op: "get", Name: name, Source: p.String(), Class: secretmux.ClassOf(err), Err: err}
	if e.Class == secretmux.ErrNotFound { //nolint:errorlint // ClassOf returns a sentinel
		e.Class, e.Err = secretmux.ErrUnavailable, nil
		e.Hint = "the keyset was not found; check the secret that the Box reads"
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

// DefaultTTL, BackendName and Retries are what a link asks of its provider. What the
// provider does not say has the answer that a link takes for silence.

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
