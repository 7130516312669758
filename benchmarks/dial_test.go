package benchmarks

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
)

const (
	dialRounds  = 21 // the median counts
	dials       = 2000
	mostOnADial = 2 * time.Microsecond
)

// noDriver connects at once: what is left is what the connector around it adds.
type noDriver struct{}

func (noDriver) Connect(context.Context) (driver.Conn, error) { return noConn{}, nil }
func (d noDriver) Driver() driver.Driver                      { return d }
func (noDriver) Open(string) (driver.Conn, error)             { return noConn{}, nil }

type noConn struct{}

func (noConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (noConn) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (noConn) Close() error                        { return nil }

func (noConn) ExecContext(context.Context, string, []driver.NamedValue) (driver.Result, error) {
	return driver.ResultNoRows, nil
}

// BenchmarkDial times the opening and closing of a connection, and one use of it as
// database/sql does it, with and without the connector of adapters/dbsql.
func BenchmarkDial(b *testing.B) {
	scenario(b, "driver that connects at once", func(b *testing.B) figures {
		store := newStore(b, &instant{value: secretValue}, secretmux.Options{TTL: time.Hour})
		c, err := dbsql.New(b.Context(), store, "db/app", func(context.Context, secretmux.Secret) (driver.Connector, error) {
			return noDriver{}, nil
		}, dbsql.Options{Patience: 5 * time.Second})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		var bare, wrapped, bareUse, wrappedUse []time.Duration
		one, err := c.Connect(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = one.Close() }()
		for range dialRounds {
			bare = append(bare, timeDials(b, noDriver{}))
			wrapped = append(wrapped, timeDials(b, c))
			bareUse = append(bareUse, timeUses(b, noConn{}))
			wrappedUse = append(wrappedUse, timeUses(b, one))
		}
		dial := median(wrapped) - median(bare)
		use := median(wrappedUse) - median(bareUse)
		const title = "A database connection through adapters/dbsql, ns added"
		board.row(title, []string{"", "added"}, "opening and closing it", fmt.Sprint(dial.Nanoseconds()))
		board.row(title, nil, "one use of it", fmt.Sprint(use.Nanoseconds()))
		board.target("adapters/dbsql, a warm dial", dial.String(), "at most "+mostOnADial.String()+" added", dial <= mostOnADial)
		return figures{"ns/dial": float64(dial.Nanoseconds()), "ns/use": float64(use.Nanoseconds())}
	})
}

// median is what one of a round took.
func median(rounds []time.Duration) time.Duration {
	slices.Sort(rounds)
	return rounds[len(rounds)/2] / dials
}

func timeDials(b *testing.B, c driver.Connector) time.Duration {
	ctx := b.Context()
	start := time.Now()
	for range dials {
		conn, err := c.Connect(ctx)
		if err != nil {
			b.Fatal(err)
		}
		_ = conn.Close()
	}
	return time.Since(start)
}

// timeUses does what database/sql does with a pooled connection for one statement.
func timeUses(b *testing.B, conn driver.Conn) time.Duration {
	ctx := b.Context()
	start := time.Now()
	for range dials {
		if r, ok := conn.(driver.SessionResetter); ok && r.ResetSession(ctx) != nil {
			b.Fatal("the connection was refused")
		}
		if _, err := conn.(driver.ExecerContext).ExecContext(ctx, "x", nil); err != nil {
			b.Fatal(err)
		}
		if v, ok := conn.(driver.Validator); ok && !v.IsValid() {
			b.Fatal("the connection was refused")
		}
	}
	return time.Since(start)
}
