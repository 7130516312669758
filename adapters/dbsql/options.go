package dbsql

import (
	"errors"
	"time"

	"github.com/secretmux/secretmux"
)

// Options are the options of a [Connector] and of a [Login]. The zero Options are
// good for alternating users. They are copied.
type Options struct {
	// AuthError says whether an error of the driver means that the database refused
	// the login, so that another value of the secret may help. It gets the driver's
	// own error. Nil takes an error that has SQLState() 28P01 or 28000 in its tree, as
	// those of pgx and lib/pq do. MySQL's and MariaDB's is number 1045.
	AuthError func(error) bool
	// Patience is for how long a login is tried again that is refused with the newest
	// value: there is a time in which only one of the database and the secret
	// has changed. The secret is read again and the login tried again after 25 ms, 50
	// ms and so on up to 400 ms, shortened at random, until Patience or the ctx of the
	// login ends. While a value is refused, all that wait share these tries, as
	// databases lock accounts after too many. The secret is read at the pace of
	// [secretmux.Live.Renew], 0.1, 0.3, 0.7, 1.5 and 3.1 s after the first refusal, so 5 s
	// cover 3 s between the two changes. Zero tries once more if the secret has
	// changed, and not else. Negative is ErrInvalid.
	Patience time.Duration
	// LeaseMargin is the part of its lease that a connection leaves unused, where the
	// secret's value has an end: a random part from LeaseMargin to twice
	// LeaseMargin, so that a pool does not reconnect all at once. Zero means 0.1: a
	// connection is closed after 80 to 90 % of the time that was left when it was
	// opened. Negative and over 0.4 is ErrInvalid.
	LeaseMargin float64
	// KeepOld leaves the connections of an earlier value open: for a database in
	// which a change of the password does not end sessions, and where nothing
	// else ends them either. Leases still end them.
	KeepOld bool
}

const defaultLeaseMargin = 0.1

func (o Options) check(op string) error {
	switch {
	case o.Patience < 0:
		return secretmux.Invalid(op, "Options.Patience is negative", "zero tries a refused login again only with a newer value")
	case !(o.LeaseMargin >= 0 && o.LeaseMargin <= 0.4): // true for NaN too
		return secretmux.Invalid(op, "Options.LeaseMargin is not between 0 and 0.4", "it is a part of the lease; zero means 0.1")
	}
	return nil
}

// refused asks AuthError. One that panics has not said yes.
func (o Options) refused(err error) (yes bool) {
	if o.AuthError == nil {
		code := sqlState(err)
		return code == "28P01" || code == "28000"
	}
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	return o.AuthError(err)
}

// sqlState returns the SQLSTATE of an error that has one, as pgx's and lib/pq's do,
// if it has the form that the SQL standard gives it.
func sqlState(err error) string {
	var coded interface{ SQLState() string }
	if !errors.As(err, &coded) {
		return ""
	}
	code := coded.SQLState()
	if len(code) != 5 {
		return ""
	}
	for _, c := range []byte(code) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	return code
}
