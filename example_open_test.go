package secretmux_test

import (
	"context"
	"fmt"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

// The config string says where secrets are; the backends say what it may name.
func ExampleOpen() {
	ctx := context.Background()
	m := memory.New(map[string]string{"override/log/token": "mine", "prod/log/token": "theirs", "prod/db/password": "s3cret"})
	store, err := secretmux.Open(ctx, "memory:?prefix=override/,memory:?prefix=prod/&ttl=5m", m.Backend())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	for _, name := range []string{"log/token", "db/password"} {
		secret, err := store.Get(ctx, name)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, secret, "from", secret.Source())
	}
	// Output:
	// log/token [redacted] from memory:?prefix=override%2F
	// db/password [redacted] from memory:?prefix=prod%2F&ttl=5m
}

func ExampleOpener() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db/password": "s3cret"})
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{m.Backend()},
		Options:  secretmux.Options{TTL: time.Minute, MaxStale: time.Hour},
	}
	store, err := opener.Open(ctx, "memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	secret, err := store.Get(ctx, "db/password")
	fmt.Println(secret, err)
	// Output: [redacted] <nil>
}

// A Backend maps schemes to functions that read the URI and make a provider.
func ExampleBackend() {
	backend := secretmux.Backend{
		"upper": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
			suffix := ""
			params := u.Params()
			params.Text("suffix", &suffix)
			if err := params.Done(); err != nil {
				return nil, err
			}
			return secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
				return secretmux.NewSecret([]byte(name+suffix), secretmux.Meta{}), nil
			}), nil
		},
	}
	_, err := secretmux.Open(context.Background(), "upper:?sufix=!", backend)
	fmt.Println(err)
	// Output:
	// secretmux: open link 1: invalid: upper: has 1 unknown parameter(s) (did you mean suffix=? known are document, on, only, retry, stale, suffix, timeout, ttl)
}

func ExampleURI() {
	u, err := secretmux.ParseURI("vault://vault.example.com:8200/kv/app/?stale=1h&ttl=5m")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Scheme, u.Authority, u.Path)
	fmt.Println(u)
	_, err = secretmux.ParseURI("vault://app:hunter2@vault.example.com:8200/kv/app/")
	fmt.Println(err)
	// Output:
	// vault vault.example.com:8200 /kv/app/
	// vault://vault.example.com:8200/kv/app/?stale=1h&ttl=5m
	// secretmux: parse config: invalid: it has credentials before the host (credentials are never part of a config string: give them to the backend's Options, its environment variables or a file, such as token_file=)
}

// Params collects every mistake before it reports.
func ExampleParams() {
	u, err := secretmux.ParseURI("vault://vault.example.com:8200/kv?kv=3&http=true&renew=often")
	if err != nil {
		fmt.Println(err)
		return
	}
	kv, plain, renew := 2, false, time.Hour
	p := u.Params()
	p.Int("kv", &kv, 1, 2)
	p.Bool("http", &plain)
	p.Duration("renew", &renew)
	fmt.Println(p.Done())
	fmt.Println(kv, plain, renew)
	// Output:
	// secretmux: parse config: invalid: vault: the parameter kv is malformed (kv takes a number from 1 to 2; known are document, http, kv, on, only, renew, retry, stale, timeout, ttl)
	// secretmux: parse config: invalid: vault: the parameter renew is malformed (renew takes a duration such as 90s or 5m, not negative; known are document, http, kv, on, only, renew, retry, stale, timeout, ttl)
	// 2 true 1h0m0s
}
