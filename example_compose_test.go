package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

// unreachable stands for a backend that is down.
func unreachable(context.Context, string) (secretmux.Secret, error) {
	return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable}
}

// A provider is a method. A function will do for a first one.
func ExampleProviderFunc() {
	provider := secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
		if name != "greeting" {
			return secretmux.Secret{}, &secretmux.Error{Op: "get", Name: name, Class: secretmux.ErrNotFound}
		}
		return secretmux.NewSecret([]byte("hello"), secretmux.Meta{Version: "1"}), nil
	})
	secret, err := provider.Get(context.Background(), "greeting")
	fmt.Println(secret.Reveal(), err)
	_, err = provider.Get(context.Background(), "farewell")
	fmt.Println(err)
	// Output:
	// hello <nil>
	// secretmux: get "farewell": not found
}

// The first link that has a secret answers. A link that fails in any way except
// "not found" stops the chain.
func ExampleChain() {
	ctx := context.Background()
	override := memory.New(map[string]string{"log/token": "from the override"})
	base := memory.New(map[string]string{"log/token": "from the base", "db/password": "from the base"})

	chain, err := secretmux.NewChain(override, base)
	if err != nil {
		log.Fatal(err)
	}
	token, _ := chain.Get(ctx, "log/token")
	password, _ := chain.Get(ctx, "db/password")
	fmt.Println(token.Reveal())
	fmt.Println(password.Reveal())

	down, err := secretmux.NewChain(secretmux.ProviderFunc(unreachable), base)
	if err != nil {
		log.Fatal(err)
	}
	_, err = down.Get(ctx, "db/password")
	fmt.Println(secretmux.ClassOf(err))
	// Output:
	// from the override
	// from the base
	// unavailable
}

// ContinueOn is on= of a config string. Here a chain goes on although it can't
// know whether the first link has the secret.
func ExampleContinueOn() {
	base := memory.New(map[string]string{"db/password": "from the base"})
	first := secretmux.ContinueOn(secretmux.ProviderFunc(unreachable), secretmux.ErrUnavailable)
	chain, err := secretmux.NewChain(first, base)
	if err != nil {
		log.Fatal(err)
	}
	secret, err := chain.Get(context.Background(), "db/password")
	fmt.Println(secret.Reveal(), err)
	// Output: from the base <nil>
}

// Replicas hold the same data: the next one is asked when one is down, and never
// because a secret is absent.
func ExampleReplicas() {
	other := memory.New(map[string]string{"db/password": "s3cret"})
	replicas, err := secretmux.NewReplicas(secretmux.ProviderFunc(unreachable), other)
	if err != nil {
		log.Fatal(err)
	}
	secret, err := replicas.Get(context.Background(), "db/password")
	fmt.Println(secret.Reveal(), err)
	// Output: s3cret <nil>
}

func ExampleFallbackError() {
	chain, err := secretmux.NewChain(memory.New(nil), memory.New(nil))
	if err != nil {
		log.Fatal(err)
	}
	_, err = chain.Get(context.Background(), "db/password")
	fmt.Println(errors.Is(err, secretmux.ErrNotFound))
	var attempts *secretmux.FallbackError
	if errors.As(err, &attempts) {
		for _, a := range attempts.Attempts {
			fmt.Println(a.Source, secretmux.ClassOf(a.Err))
		}
	}
	// Output:
	// true
	// memory: not found
	// memory: not found
}

// Explain asks every link, and tells which one a Get would be answered by.
func ExampleExplanation() {
	first := memory.New(nil)
	second := memory.New(map[string]string{"db/password": "old"})
	third := memory.New(map[string]string{"db/password": "new"})
	chain, err := secretmux.NewChain(first, second, third)
	if err != nil {
		log.Fatal(err)
	}
	explanation := secretmux.Explain(context.Background(), chain, "db/password")
	for _, link := range explanation.Links {
		fmt.Println(link.Source, link.Role)
	}
	// Output:
	// memory: passed
	// memory: answers
	// memory: shadowed
}

// A batch is one call where the backend has one. Each name has its own outcome.
func ExampleGetMany() {
	m := memory.New(map[string]string{"a": "1", "b": "2"})
	results, err := secretmux.GetMany(context.Background(), m, []string{"b", "absent", "a"})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range results {
		fmt.Println(r.Name, r.Secret.Reveal(), secretmux.ClassOf(r.Err))
	}
	fmt.Println(m.Calls().Total(), "call")
	// Output:
	// b 2 <nil>
	// absent  not found
	// a 1 <nil>
	// 1 call
}

// List yields names and versions, never values.
func ExampleInfo() {
	m := memory.New(map[string]string{"db/password": "s3cret", "db/user": "app", "log/token": "t"})
	for info, err := range secretmux.List(context.Background(), m, "db/") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(info.Name, info.Version)
	}
	// Unordered output:
	// db/password 1
	// db/user 1
}

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
