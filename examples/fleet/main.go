// Fleet shows how many reads a message saves. 50 instances of a service poll a backend.
// 50 others learn of each rotation from a NATS server in this process.
//
//	go run .
//
// It prints how long each fleet needed to learn of a rotation, and how many reads it
// made.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
	"github.com/secretmux/secretmux/testing/memory"
)

const (
	subject   = "secrets.rotated"
	instances = 50
)

// plan describes the run of the two fleets. The times are short, so that the example is
// short. In production the TTLs are minutes and a day.
type plan struct {
	pollTTL, pushTTL time.Duration
	jitter           time.Duration
	rotations        int
	every            time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	p := plan{pollTTL: 2 * time.Second, pushTTL: 24 * time.Hour, jitter: 500 * time.Millisecond, rotations: 4, every: 3 * time.Second}
	if err := run(ctx, os.Stdout, p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the process ends: stop has nothing to undo
	}
}

func run(ctx context.Context, out io.Writer, p plan) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server, err := startServer()
	if err != nil {
		return err
	}
	defer server.Shutdown()
	backend := memory.New(map[string]string{"db/creds": "0", "api/token": "0", "smtp/password": "0", "session/key": "0"})
	polling, pushed := newFleet("polling", backend, p.pollTTL), newFleet("push", backend, p.pushTTL)
	defer func() { err = errors.Join(err, polling.close(), pushed.close()) }()
	for _, f := range []*fleet{polling, pushed} {
		if err := f.start(ctx, instances); err != nil {
			return err
		}
	}
	if err := pushed.listen(ctx, server, p.jitter); err != nil {
		return err
	}
	polling.reset()
	pushed.reset()

	_, _ = fmt.Fprintf(out, "%d instances each, 4 secrets, of which one rotates %d times, every %v\n\n", instances, p.rotations, p.every)
	if err := rotate(ctx, server, backend, p); err != nil {
		return err
	}
	return show(out, polling, pushed)
}

// rotate is the rotator: it changes a secret and then publishes a notice.
func rotate(ctx context.Context, server *server, backend *memory.Provider, p plan) error {
	nc, err := server.connect(nats.Name("rotator"))
	if err != nil {
		return err
	}
	defer nc.Close()
	for i := range p.rotations {
		now := time.Now()
		version := backend.Set("db/creds", fmt.Sprint(i+1))
		err := natspush.Publish(ctx, nc, subject, push.Notice{Name: "db/creds", Version: version, Time: now})
		if err != nil {
			return err
		}
		select {
		case <-time.After(p.every):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func show(out io.Writer, fleets ...*fleet) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, "\tTTL\treads\tlearned\tafter, median\tat most")
	for _, f := range fleets {
		s := f.sum()
		_, _ = fmt.Fprintf(w, "%s\t%v\t%d\t%d\t%v\t%v\n", f.name, f.ttl, s.reads, s.learned, s.median.Round(time.Millisecond), s.last.Round(time.Millisecond))
	}
	return w.Flush()
}
