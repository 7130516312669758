package aws

import (
	"context"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// service is what sets Secrets Manager and Parameter Store apart. Its errors are
// for classify. An id is the service's own name of a secret.
type service interface {
	// ID returns the id of a name, or an ErrInvalid that is made without a call.
	ID(ctx context.Context, name string) (string, error)
	// Get reads a version, or the current one where version is empty.
	Get(ctx context.Context, id, version string) (secretmux.Secret, error)
	// Batch describes GetSome.
	Batch() session.Batch
	// GetSome reads up to Batch().Size in one call. It returns the outcomes that
	// the answer gives, by id. An error means that the whole call failed.
	GetSome(ctx context.Context, ids []string) (map[string]session.Outcome, error)
	// Page returns a page of a list and the token of the next one, empty for none.
	Page(ctx context.Context, prefix, token string) (page []secretmux.Info, next string, err error)
	// Describe tells about the current version of a secret, without its value.
	Describe(ctx context.Context, id string) (secretmux.Info, error)
	// Probe asks for a list of one.
	Probe(ctx context.Context) error
	// Forget drops the credentials that are kept.
	Forget()
	Close() error
}
