package dbsql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

// Build makes a driver's own connector from one value of the secret, for example from a
// DSN or from the fields of a document. It must not connect, and must return when ctx
// ends. If the connector is an [io.Closer], it is closed after its last connection was
// closed.
//
// The text of its error is left out, because drivers quote text that they can't parse.
// A *[secretmux.Error], such as the one from [secretmux.Secret.Field], is kept.
type Build func(ctx context.Context, s secretmux.Secret) (driver.Connector, error)

// Connector is a [driver.Connector], for [sql.OpenDB], whose new connections use
// the newest value of a secret. Make one with [New]. It is safe for concurrent use.
//
// Set [sql.DB.SetConnMaxIdleTime]: the value of an idle connection is not
// checked.
type Connector struct {
	login *Login
	build Build
	drv   driver.Driver
	open  atomic.Int64

	mu      sync.Mutex // guards changes of current
	current atomic.Pointer[source]
	closed  bool
}

var (
	_ driver.Connector = (*Connector)(nil)
	_ io.Closer        = (*Connector)(nil)
)

// New reads ref and builds a connector from its value now. It does not connect. ctx is
// only for this read. Errors are *[secretmux.Error]: ErrInvalid for a nil store or
// build, for bad options, and for a value that Build does not accept. Other errors come
// from [secretmux.Store.Watch].
//
// If Build does not accept a later value, nothing changes: the previous value stays in
// use, and Build is called again with back-off. [secretmux.Store.Status] and Check
// report it.
func New(ctx context.Context, store *secretmux.Store, ref string, build Build, o Options) (*Connector, error) {
	if build == nil {
		return nil, secretmux.Invalid("new connector", "build is nil", "pass a function that makes the driver's connector from the secret")
	}
	c := &Connector{build: build}
	var err error
	if c.login, err = NewLogin(ctx, store, ref, c.use, o); err != nil {
		return nil, err
	}
	return c, nil
}

// use makes the connector for a new value. From then on the connections of earlier
// values are old.
func (c *Connector) use(ctx context.Context, s secretmux.Secret) error {
	inner, err := c.build(ctx, s)
	if err != nil {
		return err
	}
	if inner == nil {
		return secretmux.Invalid("build", "Build returned no connector and no error", "return a connector or an error")
	}
	next := &source{connector: inner, secret: s}
	next.users.Store(1)
	return c.replace(next)
}

func (c *Connector) replace(next *source) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed && next != nil {
		next.release()
		return secretmux.Invalid("build", "the connector was closed", "")
	}
	if next != nil && c.drv == nil {
		c.drv = next.connector.Driver()
	}
	if old := c.current.Swap(next); old != nil {
		old.release()
	}
	return nil
}

// Connect opens a connection with the newest value of the secret, by the rules of
// [Login.Do]. [sql.DB] calls it. If the number of open connections is limited, sql.DB
// passes a ctx that does not end, so only [Options.Patience] and the driver's own
// timeouts bound the call.
//
// Errors are *[secretmux.Error]: ErrUnauthenticated for a refused login, ErrUnavailable
// if the driver's error comes from the network or says that the database is not ready,
// ErrClosed after Close, or the error of ctx. Any other error has no class. The text
// holds the code or the type of the driver's error, but not its text, which may hold a
// password. errors.As finds the driver's error.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	var opened driver.Conn
	err := c.login.Do(ctx, func(ctx context.Context, _ secretmux.Secret) error {
		if err := c.login.Opening(); err != nil {
			return err
		}
		var err error
		opened, err = c.dial(ctx)
		return err
	})
	if err == nil {
		return opened, nil
	}
	if _, ours := err.(*secretmux.Error); ours { //nolint:errorlint // what wraps one is a driver's
		return nil, err
	}
	return nil, connectError(ctx, c.login.live.Ref(), err)
}

// dial opens a connection with the value in use. If the value was replaced in the
// meantime, it drops the connection and opens another one, once.
func (c *Connector) dial(ctx context.Context) (driver.Conn, error) {
	for tries := 0; ; tries++ {
		from, began := c.acquire(), time.Now()
		if from == nil {
			return nil, closedError(c.login.live.Ref())
		}
		inner, err := from.connector.Connect(ctx)
		if err == nil && inner == nil {
			err = errors.New("no connection and no error")
		}
		if err != nil {
			from.release()
			return nil, err
		}
		if tries > 0 || !c.replaced(from) {
			return c.wrap(inner, from, began), nil
		}
		_ = inner.Close()
		from.release()
	}
}

func (c *Connector) replaced(from *source) bool {
	return !c.login.opts.KeepOld && from != c.current.Load()
}

// Driver returns the driver of the connector that Build made first.
func (c *Connector) Driver() driver.Driver { return c.drv }

// Close ends the watch of the secret, and the logins that wait for a newer value. Open
// connections can be used until they are returned to their pool. [sql.DB.Close] calls
// it. A second Close does nothing. The error is always nil.
func (c *Connector) Close() error {
	err := c.login.Close()
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	_ = c.replace(nil)
	return err
}

// Stats returns the counts so far.
func (c *Connector) Stats() Stats {
	s := c.login.Stats()
	s.Open = c.open.Load()
	s.Old = s.Open
	if from := c.current.Load(); from != nil {
		s.Old -= from.conns.Load()
	}
	return s
}
