package tlsconf

import (
	"context"
	"crypto/x509"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// Roots are certificate authorities to trust that follow their secrets. Make them with
// [NewRoots]. They are safe for concurrent use.
type Roots struct {
	watched

	pool atomic.Pointer[x509.CertPool]
}

// NewRoots reads refs, PEM bundles of certificates, into one pool: give the old and the
// new authority together while they change. Without refs, with a nil store, and with a
// bundle that has no certificate or a malformed one, the error is ErrInvalid. The
// errors of the reads come from Store.Watch. ctx is only for the reads. Close the roots
// after use.
func NewRoots(ctx context.Context, store *secretmux.Store, refs ...string) (*Roots, error) {
	if len(refs) == 0 {
		return nil, invalid("there are no references to roots", "give the references of the secrets with the certificate authorities to trust")
	}
	r := &Roots{}
	if err := r.watch(ctx, store, r.apply, refs...); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Roots) apply(context.Context) error {
	pool := x509.NewCertPool()
	for _, live := range r.lives {
		if err := parseRoots(pool, live.Current().Bytes()); err != nil {
			return err
		}
	}
	r.pool.Store(pool)
	return nil
}

// Pool returns the present pool. It is shared: don't change it. After a rotation there
// is another pool, so don't keep it either.
func (r *Roots) Pool() *x509.CertPool { return r.pool.Load() }
