package faults_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// A backend goes away and comes back.
func ExampleInjector() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db/password": "s3cret"})
	f := faults.New(faults.Options{})
	p := f.Wrap(m)

	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
	_, err := p.Get(ctx, "db/password")
	fmt.Println(secretmux.ClassOf(err))

	f.Heal()
	s, _ := p.Get(ctx, "db/password")
	fmt.Println(s.Reveal())
	// Output:
	// unavailable
	// s3cret
}

// In this sequence one call is not changed, one sees a rotation, one hangs until its
// deadline, and all later ones are not changed.
func ExampleSequence() {
	f := faults.New(faults.Options{Rules: []faults.Rule{faults.Sequence(
		faults.Step{},
		faults.Step{Secret: secretmux.NewSecret([]byte("rotated"), secretmux.Meta{Version: "2"})},
		faults.Step{Hang: true},
	)}})
	p := f.Wrap(memory.New(map[string]string{"key": "s3cret"}))
	for range 4 {
		ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
		s, err := p.Get(ctx, "key")
		fmt.Println(s.Reveal(), errors.Is(err, context.DeadlineExceeded))
		cancel()
	}
	// Output:
	// s3cret false
	// rotated false
	//  true
	// s3cret false
}

// A Rule with a Rate fails a share of the calls, the same ones in every run.
func ExampleRule() {
	f := faults.New(faults.Options{
		Seed:  7,
		Rules: []faults.Rule{{Rate: 0.25, Repeat: true, Steps: []faults.Step{{Err: secretmux.ErrThrottled}}}},
	})
	p := f.Wrap(memory.New(map[string]string{"key": "s3cret"}))
	failed := 0
	for range 1000 {
		if _, err := p.Get(context.Background(), "key"); err != nil {
			failed++
		}
	}
	fmt.Println(failed > 200 && failed < 300)
	// Output: true
}

// Latency and errors can be combined: this backend refuses slowly.
func ExampleStep() {
	slow := faults.Step{Latency: 5 * time.Millisecond, Err: secretmux.ErrDenied}
	p := faults.New(faults.Options{Rules: []faults.Rule{faults.Always(slow, "db/password")}}).
		Wrap(memory.New(map[string]string{"db/password": "s3cret", "other": "o"}))
	begin := time.Now()
	_, err := p.Get(context.Background(), "db/password")
	fmt.Println(secretmux.ClassOf(err), time.Since(begin) >= slow.Latency)
	_, err = p.Get(context.Background(), "other")
	fmt.Println(err)
	// Output:
	// denied true
	// <nil>
}

// Ops limit a rule to some calls: reads succeed, and the probe fails.
func ExampleOp() {
	f := faults.New(faults.Options{Rules: []faults.Rule{{
		Ops: []faults.Op{faults.OpCheck}, Steps: []faults.Step{{Err: secretmux.ErrUnauthenticated}}, Repeat: true,
	}}})
	p := f.Wrap(memory.New(map[string]string{"key": "s3cret"}))
	_, err := p.Get(context.Background(), "key")
	fmt.Println(err, secretmux.ClassOf(secretmux.Check(context.Background(), p)))
	// Output: <nil> unauthenticated
}

// Options set the rules from the start. A config string opens links with them.
func ExampleOptions() {
	m := memory.New(map[string]string{"key": "s3cret"})
	f := faults.New(faults.Options{Rules: []faults.Rule{faults.Always(faults.Step{Err: secretmux.ErrDenied})}})
	store, err := secretmux.Open(context.Background(), "memory:", f.Backend(m.Backend()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	_, err = store.Get(context.Background(), "key")
	fmt.Println(secretmux.ClassOf(err))
	// Output: denied
}
