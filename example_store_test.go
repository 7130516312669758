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

// A service opens its store once, at its start, and finds out there whether it
// has all that it needs.
func ExampleStore() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db": `{"user":"app","password":"s3cret"}`})
	store, err := secretmux.Open(ctx, "memory:", m.Backend()) // os.Getenv("SECRETS"), local.Backend()
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	err = store.Preload(ctx, "db#user", "db#password", "api/key")
	fmt.Println("missing:", errors.Is(err, secretmux.ErrNotFound))

	password, err := store.Get(ctx, "db#password")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(password, password.Reveal(), password.Source(), password.Version())
	// Output:
	// missing: true
	// [redacted] s3cret memory: 1
}

// Two fields that belong together are read together.
func ExampleStore_GetAll() {
	m := memory.New(map[string]string{"db": `{"user":"app","password":"s3cret"}`})
	store, err := secretmux.New(m, secretmux.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	got, err := store.GetAll(context.Background(), "db#user", "db#password", "absent")
	fmt.Println(got["db#user"].Reveal(), got["db#password"].Reveal())
	fmt.Println(len(got), errors.Is(err, secretmux.ErrNotFound))
	// Output:
	// app s3cret
	// 2 true
}

// A service that would rather run on yesterday's password than not at all, and
// never on one that its database does not know.
func ExampleOptions() {
	m := memory.New(map[string]string{"db/password": "old"})
	store, err := secretmux.New(m, secretmux.Options{
		TTL:         time.Minute,
		MaxStale:    24 * time.Hour,
		NegativeTTL: time.Second,
		Validate: func(_ context.Context, r secretmux.Rotation) error {
			if r.New.Reveal() == "" {
				return errors.New("an empty password")
			}
			return nil // ping the database with r.New
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	ctx := context.Background()
	if err := store.Preload(ctx, "db/password"); err != nil {
		log.Fatal(err)
	}
	m.Set("db/password", "")
	fmt.Println("refused:", errors.Is(store.Refresh(ctx, "db/password"), secretmux.ErrRefused))
	password, err := store.Get(ctx, "db/password")
	fmt.Println(password.Reveal(), err)
	// Output:
	// refused: true
	// old <nil>
}

// A handler reads the Live for each request. During a rotation it accepts what was
// signed with the key before.
func ExampleLive() {
	ctx := context.Background()
	m := memory.New(map[string]string{"signing/key": "first"})
	store, err := secretmux.New(m, secretmux.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	key, err := store.Watch(ctx, "signing/key")
	if err != nil {
		log.Fatal(err)
	}
	defer key.Stop()

	m.Set("signing/key", "second")
	if err := store.Refresh(ctx, "signing/key"); err != nil { // or wait for the TTL
		log.Fatal(err)
	}
	previous, ok := key.Previous()
	fmt.Println(key.Current().Reveal(), previous.Reveal(), ok)
	// Output: second first true
}

// The callback rebuilds what was made with the old value. When it fails, it is
// called again.
func ExampleRotation() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db": `{"user":"app","password":"old"}`})
	store, err := secretmux.New(m, secretmux.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if err := store.Preload(ctx, "db"); err != nil {
		log.Fatal(err)
	}

	done := make(chan struct{})
	stop, err := store.OnRotate("db#password", func(_ context.Context, r secretmux.Rotation) error {
		defer close(done)
		fmt.Println(r.Ref, "changed from", r.Old.Reveal(), "to", r.New.Reveal())
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()

	m.Set("db", `{"user":"app","password":"new"}`)
	if err := store.Refresh(ctx, "db"); err != nil {
		log.Fatal(err)
	}
	<-done
	// Output: db#password changed from old to new
}

// A health endpoint shows what is kept, without a value.
func ExampleStatus() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db/password": "s3cret"})
	store, err := secretmux.New(m, secretmux.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if err := store.Preload(ctx, "db/password"); err != nil {
		log.Fatal(err)
	}
	for _, s := range store.Status() {
		fmt.Println(s.Ref, s.Source, s.Version, "served:", s.Served, "stale:", s.Stale, "failures:", s.Failures)
	}
	fmt.Println("healthy:", store.Check(ctx) == nil)
	// Output:
	// db/password memory: 1 served: true stale: false failures: 0
	// healthy: true
}

// An Observer feeds metrics.
func ExampleObserver() {
	ctx := context.Background()
	first, second := memory.New(nil), memory.New(map[string]string{"db/password": "s3cret"})
	metrics := func(e secretmux.Event) { fmt.Println(e.Kind, e.Ref, e.Source, e.Class) }
	chain, err := secretmux.NewChain(first, second)
	if err != nil {
		log.Fatal(err)
	}
	store, err := secretmux.New(chain, secretmux.Options{Observer: metrics})
	if err != nil {
		log.Fatal(err)
	}
	_, _ = store.Get(ctx, "db/password")
	if err := store.Shutdown(ctx); err != nil { // Close does not wait for Observers
		log.Fatal(err)
	}
	// Output:
	// fallback db/password memory: not found
	// load db/password memory: <nil>
}

// The fields that an event has depend on its kind.
func ExampleEvent() {
	e := secretmux.Event{Kind: secretmux.EventRetry, Ref: "db/password", Class: secretmux.ErrUnavailable, Attempt: 2, Delay: 3 * time.Second}
	if e.Kind == secretmux.EventRetry {
		fmt.Printf("%s: %v, attempt %d, again in %v\n", e.Ref, e.Class, e.Attempt, e.Delay)
	}
	// Output: db/password: unavailable, attempt 2, again in 3s
}

// A provider over a backend without versions tells changes apart all the same.
func ExampleContentVersion() {
	one, again, two := secretmux.ContentVersion([]byte("a")), secretmux.ContentVersion([]byte("a")), secretmux.ContentVersion([]byte("b"))
	fmt.Println(len(one), one == again, one == two)
	// Output: 16 true false
}
