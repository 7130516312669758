package gcp

import (
	"context"
	"errors"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/api/iterator"
	"google.golang.org/grpc"
)

const (
	maxAnswer = maxValue + 4<<10 // a value, its name and its checksum
	maxPage   = 16 << 20         // pageSize secrets, each with all the labels and annotations it can have
	pageSize  = 500

	callTimeout = 10 * time.Second // the limit for a call whose ctx has no deadline, and for a login
)

// settings apply to every call. The store retries; the SDK does not. The SDK
// would retry for the whole deadline, and its last error would no longer say that
// the service throttled.
func settings(maxBytes int) []gax.CallOption {
	return []gax.CallOption{
		gax.WithRetry(func() gax.Retryer { return nil }),
		gax.WithTimeout(callTimeout), // only for a ctx without a deadline
		gax.WithGRPCOptions(grpc.MaxCallRecvMsgSize(maxBytes)),
	}
}

// request describes a call.
type request struct {
	// permission is the permission that the call needs, for the hint.
	permission string
	// id and version are the secret and the version that the call names, or
	// empty. A NOT_FOUND for another resource does not prove that this secret is
	// absent.
	id, version string
}

// read reads one version of a secret: a number, an alias or latestEnabled.
func (p *Provider) read(ctx context.Context, id, version string) (answer, error) {
	a, err := p.access(ctx, id, version)
	if err != nil || !p.opts.Metadata {
		return a, err
	}
	what := request{permission: "secretmanager.versions.get", id: id, version: a.version}
	err = p.conn.call(ctx, what, func(ctx context.Context, c *secretmanager.Client) error {
		v, err := c.GetSecretVersion(ctx, &secretmanagerpb.GetSecretVersionRequest{Name: p.opts.resource(id, a.version)}, settings(maxAnswer)...)
		if err == nil && v.GetCreateTime().IsValid() {
			a.created = v.GetCreateTime().AsTime()
		}
		return err
	})
	return a, err
}

func (p *Provider) access(ctx context.Context, id, version string) (answer, error) {
	if version == latestEnabled {
		number, err := p.newestEnabled(ctx, id)
		if err != nil {
			return answer{}, err
		}
		version = number
	}
	var a answer
	what := request{permission: "secretmanager.versions.access", id: id, version: version}
	err := p.conn.call(ctx, what, func(ctx context.Context, c *secretmanager.Client) error {
		r, err := c.AccessSecretVersion(ctx, &secretmanagerpb.AccessSecretVersionRequest{Name: p.opts.resource(id, version)}, settings(maxAnswer)...)
		if err == nil {
			a, err = verify(r, id, version)
		}
		return err
	})
	return a, err
}

// newestEnabled returns the number of the newest version that is enabled. The
// service lists the newest first; an emulator may not.
func (p *Provider) newestEnabled(ctx context.Context, id string) (string, error) {
	newest := ""
	err := p.conn.call(ctx, request{permission: "secretmanager.versions.list", id: id}, func(ctx context.Context, c *secretmanager.Client) error {
		it := c.ListSecretVersions(ctx, &secretmanagerpb.ListSecretVersionsRequest{
			Parent: p.opts.secret(id), Filter: "state:ENABLED", PageSize: pageSize,
		}, settings(maxPage)...)
		for {
			v, err := it.Next()
			switch {
			case errors.Is(err, iterator.Done):
				return nil
			case err != nil:
				return err
			}
			number, ok := versionIn(v.GetName(), id)
			if !ok {
				return errOtherSecret
			}
			if v.GetState() == secretmanagerpb.SecretVersion_ENABLED && newer(number, newest) {
				newest = number
			}
		}
	})
	if err == nil && newest == "" {
		return "", errNoneEnabled
	}
	return newest, err
}

// newer compares two numbers without leading zeros.
func newer(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

func (o Options) parent() string {
	if o.Location != "" {
		return "projects/" + o.Project + "/locations/" + o.Location
	}
	return "projects/" + o.Project
}

func (o Options) secret(id string) string            { return o.parent() + "/secrets/" + id }
func (o Options) resource(id, version string) string { return o.secret(id) + "/versions/" + version }
