package dbsql

import (
	"errors"
	"time"

	"github.com/secretmux/secretmux"
)

// Options are the options of a [Connector] and of a [Login]. The zero Options are right
// for alternating users. They are copied.
type Options struct {
	// AuthError says whether an error of the driver means that the database refused the
	// login, so that another value of the secret may help. It gets the driver's own
	// error. Nil accepts an error whose tree has an SQLState() of 28P01 or 28000. The
	// errors of pgx and lib/pq have one. For MySQL and MariaDB check for the number
	// 1045.
	AuthError func(error) bool
	// Patience is how long a login that is refused with the newest value is tried
	// again. During a rotation there is a time in which only the database or only the
	// secret has changed. The secret is read again and the login tried again after 25
	// ms, 50 ms and so on up to 400 ms, shortened at random, until Patience or the ctx
	// of the login ends. While a value is refused, all waiting logins share these
	// tries, because databases lock accounts after too many. The secret is read at the
	// pace of [secretmux.Live.Renew], 0.1, 0.3, 0.7, 1.5 and 3.1 s after the first
	// refusal, so 5 s cover 3 s between the two changes. Zero means one more try, and
	// only if the secret has changed. A negative Patience is ErrInvalid.
	Patience time.Duration
	// LeaseMargin is the part of its lease that a connection does not use, if the
	// secret's value has an end. The part is random, from LeaseMargin to twice
	// LeaseMargin, so that a pool does not reconnect all at once. Zero means 0.1: a
	// connection is closed after 80 to 90 % of the time that was left when it was
	// opened. A negative LeaseMargin, and one over 0.4, is ErrInvalid.
	LeaseMargin float64
	// KeepOld keeps the connections of an earlier value open. It is for a database in
	// which a change of the password does not end sessions. Leases still end them.
	KeepOld bool
}

const defaultLeaseMargin = 0.1

func (o Options) check(op string) error {
	switch {
	case o.Patience < 0:
		return secretmux.Invalid(op, "Options.Patience is negative", "give a positive time, or zero for one more try with a newer value")
	case !(o.LeaseMargin >= 0 && o.LeaseMargin <= 0.4): // true for NaN too
		return secretmux.Invalid(op, "Options.LeaseMargin is not between 0 and 0.4", "give a part of the lease from 0 to 0.4; zero means 0.1")
	}
	return nil
}

// refused calls AuthError. A panic counts as no.
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

// sqlState returns the SQLSTATE of an error, if it has one in the form of the SQL
// standard. The errors of pgx and lib/pq have one.
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
