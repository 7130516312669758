package vault

import (
	"errors"
	"slices"
	"strings"
)

// check refuses what the method lacks, and also what it does not use: a parameter
// without an effect hides a mistake. What only the server can know is left to the
// server, such as whether a role exists.
//
// All mistakes are reported together, so that an operator mends the config string
// once and not once for each start. Nothing is quoted: the value of a wrong
// parameter may be the credential.
func (a Auth) check(hasCert bool) error {
	m, ok := methodOf(a.method())
	if !ok {
		return invalid("the login method is unknown", "auth= is one of "+strings.Join(methodNames(), ", "))
	}
	// A credential that is missing is an error only if the method can't do without
	// one. hasCert says whether there is a certificate, because that is a part of
	// Options and not of Auth.
	none := a.Credential.sources() == 0
	errs := []error{
		invalidIf(a.Credential.sources() > 1, "the credential has several sources", "give only one of them, such as token_env= or token_file="),
		invalidIf(a.Mount != "" && !m.name.logsIn(), string(m.name)+" does not log in, so it has no mount", "leave out auth_mount=, or choose a login method with auth="),
		invalidIf(a.Mount != "" && !cleanPath(a.Mount), "the mount of the login is malformed", "write auth_mount=approle, without auth/ before it"),
		// The hint names the file first: a variable is inherited by every child
		// process.
		invalidIf(m.needs && none, m.lacks(m.credential), "give "+m.credential+"_file= or "+m.credential+"_env="),
		invalidIf(m.credential == "" && !none, string(m.name)+" takes no credential", "leave out the credential"),
		invalidIf(m.name == AuthCert && !hasCert, m.lacks("certificate"), "give cert_file= and key_file="),
		// The username becomes the last segment of the login's path. With a slash
		// in it, the login would call another path of the method.
		invalidIf(m.name == AuthUserpass && a.Username != "" && (!cleanPath(a.Username) || strings.Contains(a.Username, "/")),
			"the username is malformed", "write one segment of a path: without /, and not . or .."),
	}
	given := a.parameters()
	// The order is fixed; a range over the map would have none. The same mistake must always
	// give the same text, or a log would show it as several.
	for _, what := range []string{"role", "role_id", "username"} {
		errs = append(errs, m.checkParameter(what, given[what]))
	}
	return errors.Join(errs...)
}

// checkParameter checks one of the parameters role, role_id and username. The hint
// of a parameter in the wrong place names the methods that take it, because the
// usual mistake is a wrong auth= and not a wrong parameter.
func (m method) checkParameter(what, value string) error {
	switch {
	case value == "" && slices.Contains(m.required, what):
		return invalid(m.lacks(what), "give "+what+"=")
	case value == "":
		return nil
	case !m.takes(what):
		return invalid(what+" does not belong to this method", "it is for auth="+strings.Join(thatTake(what), ", "))
	}
	// A control character in a path or a JSON body is always a mistake, such as a
	// line break that came with a copied value. Refusing it here gives a hint; the
	// server would answer a bare 400.
	return invalidIf(!printable(value), what+" has a control character or is not UTF-8", "")
}

// lacks is the text for a missing parameter. All methods share it, so the same
// mistake reads the same.
func (m method) lacks(what string) string { return string(m.name) + " lacks its " + what }
