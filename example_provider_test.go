package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

// Whatever prints a Secret shows [redacted], even inside a struct.
func ExampleSecret() {
	secret := secretmux.NewSecret([]byte("s3cret"), secretmux.Meta{Version: "7"})
	fmt.Println(secret, secret.Version())
	fmt.Printf("%+v\n", struct{ Password secretmux.Secret }{secret})
	fmt.Println(secret.Reveal())
	// Output:
	// [redacted] 7
	// {Password:[redacted]}
	// s3cret
}

// A key with dots is one key. A key that starts with / is a JSON Pointer.
func ExampleSecret_Field() {
	secret := secretmux.NewSecret([]byte(`{"db.user":"app","hosts":["a","b"],"port":5432}`), secretmux.Meta{})
	for _, key := range []string{"db.user", "/hosts/1", "port", "password"} {
		field, err := secret.Field(key)
		if errors.Is(err, secretmux.ErrFieldNotFound) {
			fmt.Println(key, "is missing")
			continue
		}
		fmt.Println(key, field.Reveal())
	}
	// Output:
	// db.user app
	// /hosts/1 b
	// port 5432
	// password is missing
}

func ExampleRef() {
	ref, err := secretmux.ParseRef("prod/db?version=previous#password")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ref.Name, ref.Version, ref.Field)
	fmt.Println(ref)
	_, err = secretmux.ParseRef("../../etc/passwd")
	fmt.Println(err)
	// Output:
	// prod/db previous password
	// prod/db?version=previous#password
	// secretmux: parse reference: invalid: the name has a . or .. segment (write a name such as db/password)
}

// A provider names the class of each failure and says what to do about it.
func ExampleError() {
	provider := secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
		return secretmux.Secret{}, &secretmux.Error{
			Op: "get", Name: name, Class: secretmux.ErrDenied, Hint: "the role lacks secretsmanager:GetSecretValue",
		}
	})
	_, err := provider.Get(context.Background(), "db/password")
	fmt.Println(err)
	fmt.Println(errors.Is(err, secretmux.ErrDenied), secretmux.ClassOf(err))
	var e *secretmux.Error
	if errors.As(err, &e) {
		fmt.Println(e.Hint)
	}
	// Output:
	// secretmux: get "db/password": denied (the role lacks secretsmanager:GetSecretValue)
	// true denied
	// the role lacks secretsmanager:GetSecretValue
}

// shelf is a backend that can do everything: names to versions, oldest first.
type shelf map[string][]string

func (s shelf) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return s.GetVersion(ctx, name, secretmux.VersionCurrent)
}

func (s shelf) GetVersion(_ context.Context, name, version string) (secretmux.Secret, error) {
	versions := s[name]
	n := map[string]int{secretmux.VersionCurrent: len(versions), secretmux.VersionPrevious: len(versions) - 1, "1": 1, "2": 2}[version]
	if n < 1 || n > len(versions) {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Name: name, Class: secretmux.ErrNotFound}
	}
	return secretmux.NewSecret([]byte(versions[n-1]), secretmux.Meta{Version: fmt.Sprint(n)}), nil
}

func (s shelf) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names)) // in one call to the backend
	for i, name := range names {
		secret, err := s.Get(ctx, name)
		results[i] = secretmux.Result{Name: name, Secret: secret, Err: err}
	}
	return results, nil
}

func (s shelf) List(_ context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		for name := range s {
			if strings.HasPrefix(name, prefix) && !yield(secretmux.Info{Name: name}, nil) {
				return
			}
		}
	}
}

func (s shelf) Describe(_ context.Context, name string) (secretmux.Info, error) {
	versions := s[name]
	if len(versions) == 0 {
		return secretmux.Info{}, &secretmux.Error{Op: "describe", Name: name, Class: secretmux.ErrNotFound}
	}
	written := time.Date(2026, 1, len(versions), 0, 0, 0, 0, time.UTC) // what the backend says of that version
	return secretmux.Info{Name: name, Version: fmt.Sprint(len(versions)), VersionCreated: written}, nil
}

func (s shelf) Check(context.Context) error { return nil }

func ExampleManyGetter() {
	var p secretmux.ManyGetter = shelf{"a": {"x"}}
	results, err := p.GetMany(context.Background(), []string{"a", "b"})
	fmt.Println(results[0].Secret.Version(), secretmux.ClassOf(results[1].Err), err)
	// Output: 1 not found <nil>
}

func ExampleVersionGetter() {
	var p secretmux.VersionGetter = shelf{"a": {"old", "new"}}
	previous, _ := p.GetVersion(context.Background(), "a", secretmux.VersionPrevious)
	_, err := p.GetVersion(context.Background(), "a", "7")
	fmt.Println(previous.Reveal(), secretmux.ClassOf(err))
	// Output: old not found
}

func ExampleLister() {
	var p secretmux.Lister = shelf{"db/user": {"x"}, "api": {"x"}}
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, err)
	}
	// Output: db/user <nil>
}

// The age of a value is that of its version: a secret that was made years ago may have
// been rotated yesterday.
func ExampleDescriber() {
	var p secretmux.Describer = shelf{"a": {"old", "new"}}
	info, err := p.Describe(context.Background(), "a")
	fmt.Println(info.Version, info.VersionCreated.Format(time.DateOnly), err)
	// Output: 2 2026-01-02 <nil>
}

func ExampleChecker() {
	var p secretmux.Checker = shelf{}
	fmt.Println(p.Check(context.Background()))
	// Output: <nil>
}

func ExampleOpenFunc() {
	var open secretmux.OpenFunc = func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		var strict bool
		p := u.Params()
		p.Bool("strict", &strict)
		return shelf{"a": {"x"}}, p.Done()
	}
	_, err := secretmux.Open(context.Background(), "shelf:?strict=perhaps", secretmux.Backend{"shelf": open})
	fmt.Println(errors.Is(err, secretmux.ErrInvalid))
	// Output: true
}

func ExampleOutcome() {
	chain, err := secretmux.NewChain(shelf{}, shelf{"a": {"x"}}, shelf{"a": {"y"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range secretmux.Explain(context.Background(), chain, "a").Links {
		fmt.Println(o.Role, o.Class)
	}
	// Output:
	// passed not found
	// answers <nil>
	// shadowed <nil>
}

func ExampleClaims() {
	var claims secretmux.Claims
	fmt.Println(claims.Take("DB_PASSWORD", "db/password"))
	err := claims.Take("DB_PASSWORD", "db.password")
	holder, _ := claims.Holder("DB_PASSWORD")
	fmt.Println(errors.Is(err, secretmux.ErrInvalid), holder)
	// Output:
	// <nil>
	// true db/password
}
