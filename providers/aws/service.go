package aws

import (
	"context"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// service has the differences between Secrets Manager and Parameter Store. Its errors
// are for classify. An id is the service's own name of a secret.
type service interface {
	// ID returns the id of a name, or an ErrInvalid. It makes no call.
	ID(ctx context.Context, name string) (string, error)
	// Get reads a version. An empty version means the current one.
	Get(ctx context.Context, id, version string) (secretmux.Secret, error)
	// Batch describes GetSome.
	Batch() session.Batch
	// GetSome reads up to Batch().Size in one call. It returns the outcomes in the
	// answer, by id. An error means that the whole call failed.
	GetSome(ctx context.Context, ids []string) (map[string]session.Outcome, error)
	// Page returns a page of a list and the token of the next page, which is empty if
	// there is none.
	Page(ctx context.Context, prefix, token string) (page []secretmux.Info, next string, err error)
	// Describe returns the description of the current version of a secret, without
	// its value.
	Describe(ctx context.Context, id string) (secretmux.Info, error)
	// Probe asks for a list of one secret.
	Probe(ctx context.Context) error
	// Forget drops the kept credentials.
	Forget()
	Close() error
}
