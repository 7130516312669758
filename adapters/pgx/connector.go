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

// Connector returns a [dbsql.Connector] over pgx, for [sql.OpenDB]. The secret holds
// what the package says; cfg, which must come from [pgx.ParseConfig], says the rest. A
// nil cfg is for a secret that holds a DSN. cfg is copied.
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

// configOf is a copy of cfg with the value of the secret, or what its DSN says.
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

// apply calls an Apply, and sees to it that other hosts of the config, to which pgx
// goes on where one refuses, have a copy of their own.
func apply(a Apply, cc *pgx.ConnConfig, s secretmux.Secret) error {
	cc.Fallbacks = slices.Clone(cc.Fallbacks)
	return a(cc, s)
}

func errNowhere() error {
	return secretmux.Invalid("use", "the secret says who logs in, but nothing says where", "pass a config, or keep a DSN in the secret")
}
