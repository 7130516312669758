package settings

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Reader is the part of a store that [Load] needs. A *secretmux.Store is a Reader.
type Reader interface {
	// GetMany returns one Result for each of refs, in their order.
	GetMany(ctx context.Context, refs []string) ([]secretmux.Result, error)
}

// Source is the part of a store that [Watch] needs. A *secretmux.Store is a Source. The
// methods must do the same as those of the Store.
type Source interface {
	Reader
	Refresh(ctx context.Context, refs ...string) error
	Watch(ctx context.Context, ref string) (*secretmux.Live, error)
	OnRotate(ref string, fn func(context.Context, secretmux.Rotation) error) (stop func(), err error)
	Observe(o secretmux.Observer) (stop func())
	StatusOf(ref string) (secretmux.Status, bool)
}

var _ Source = (*secretmux.Store)(nil)
