package pgxsecret

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
)

// Connector returns a [dbsql.Connector] over pgx, for [sql.OpenDB]. The package comment
// describes the secret. cfg has the other settings and must come from
// [pgx.ParseConfig]. A nil cfg is for a secret that holds a DSN. cfg is copied.
//
// Errors come from [dbsql.New].
func Connector(
	ctx context.Context, store *secretmux.Store, ref string, cfg *pgx.ConnConfig, o dbsql.Options,
) (*dbsql.Connector, error) {
	return dbsql.New(ctx, store, ref, Build(cfg), o)
}

// Build is the [dbsql.Build] that [Connector] uses, for [dbsql.Validator].
func Build(cfg *pgx.ConnConfig) dbsql.Build {
	if cfg != nil {
		cfg = cfg.Copy()
	}
	return func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
		cc, err := configOf(cfg, s)
		if err != nil {
			return nil, err
		}
		return stdlib.GetConnector(*cc), nil
	}
}

// configOf returns a copy of cfg with the value of the secret, or the config of its
// DSN.
func configOf(cfg *pgx.ConnConfig, s secretmux.Secret) (*pgx.ConnConfig, error) {
	if cfg == nil {
		if isDocument(s) {
			return nil, errNowhere()
		}
		return parse(s)
	}
	cc := cfg.Copy()
	return cc, apply(credential, cc, s)
}

// apply calls an Apply. The other hosts of the config, which pgx tries if one host
// refuses, get a copy of their own.
func apply(a Apply, cc *pgx.ConnConfig, s secretmux.Secret) error {
	cc.Fallbacks = slices.Clone(cc.Fallbacks)
	return a(cc, s)
}

func errNowhere() error {
	return secretmux.Invalid("use", "the secret has the user and the password, but no host is given", "pass a config, or store a DSN in the secret")
}
