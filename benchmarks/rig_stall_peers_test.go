package benchmarks

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-secretsmanager-caching-go/v2/secretcache"

	"github.com/secretmux/secretmux"
)

// slow is a backend that takes 200 ms to answer. Created says when it answered.
type slow struct{}

// Get implements secretmux.Provider.
func (slow) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	if err := wait(ctx, stallLatency); err != nil {
		return secretmux.Secret{}, err
	}
	return secretmux.NewSecret([]byte(secretValue(name)), secretmux.Meta{Created: time.Now(), Source: "bench:"}), nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// plainReader keeps for ever: its latencies are the scheduler's and the
// collector's.
func plainReader(testing.TB) reader {
	var kept sync.Map
	return func(_ testing.TB, name string) time.Time {
		kept.LoadOrStore(name, name)
		return time.Time{}
	}
}

func otterReader(expiry, refresh time.Duration) func(testing.TB) reader {
	return func(tb testing.TB) reader {
		tb.Helper()
		cache := newOtter(tb, expiry, refresh)
		loader := loaderFrom(slow{})
		return func(tb testing.TB, name string) time.Time {
			got, err := cache.Get(tb.Context(), name, loader)
			if err != nil {
				tb.Error(err)
			}
			return got.Created()
		}
	}
}

// awsReader reads through AWS's own caching client. It can't say how old an
// answer is: it asks which version is current and keeps the value of a version.
func awsReader(tb testing.TB) reader {
	tb.Helper()
	cache, err := secretcache.New(func(c *secretcache.Cache) {
		c.Client = slowSecretsManager{}
		c.CacheItemTTL = stallTTL.Nanoseconds()
	})
	if err != nil {
		tb.Fatal(err)
	}
	return func(tb testing.TB, name string) time.Time {
		if _, err := cache.GetSecretStringWithContext(tb.Context(), name); err != nil {
			tb.Error(err)
		}
		return time.Time{}
	}
}

// slowSecretsManager answers the two calls that the caching client makes, in
// 200 ms each. The version never changes.
type slowSecretsManager struct {
	secretcache.SecretsManagerAPIClient
}

const currentVersion = "00000000-0000-4000-8000-000000000001"

// DescribeSecret says which version is current.
func (slowSecretsManager) DescribeSecret(
	ctx context.Context, _ *secretsmanager.DescribeSecretInput, _ ...func(*secretsmanager.Options),
) (*secretsmanager.DescribeSecretOutput, error) {
	if err := wait(ctx, stallLatency); err != nil {
		return nil, err
	}
	return &secretsmanager.DescribeSecretOutput{
		VersionIdsToStages: map[string][]string{currentVersion: {secretcache.DefaultVersionStage}},
	}, nil
}

// GetSecretValue returns the value of that version.
func (slowSecretsManager) GetSecretValue(
	ctx context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	if err := wait(ctx, stallLatency); err != nil {
		return nil, err
	}
	value := secretValue(*in.SecretId)
	return &secretsmanager.GetSecretValueOutput{SecretString: &value}, nil
}
