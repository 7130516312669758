package vault

import (
	"errors"
	"slices"
	"strings"
)

// check refuses what the method lacks, and also what it does not use: a parameter
// without an effect hides a mistake. What only the server can know is left to the
// server.
func (a Auth) check(hasCert bool) error {
	m, ok := methodOf(a.method())
	if !ok {
		return invalid("the login method is unknown", "auth= is one of "+strings.Join(methodNames(), ", "))
	}
	none := a.Credential.sources() == 0
	errs := []error{
		invalidIf(a.Credential.sources() > 1, "the credential has several sources", "give only one of them, such as token_env= or token_file="),
		invalidIf(a.Mount != "" && !m.name.logsIn(), string(m.name)+" does not log in, so it has no mount", "leave out auth_mount=, or choose a login method with auth="),
		invalidIf(a.Mount != "" && !cleanPath(a.Mount), "the mount of the login is malformed", "write auth_mount=approle, without auth/ before it"),
		invalidIf(m.needs && none, m.lacks(m.credential), "give "+m.credential+"_file= or "+m.credential+"_env="),
		invalidIf(m.credential == "" && !none, string(m.name)+" takes no credential", "leave it out"),
		invalidIf(m.name == AuthCert && !hasCert, m.lacks("certificate"), "give cert_file= and key_file="),
		invalidIf(m.name == AuthUserpass && a.Username != "" && (!cleanPath(a.Username) || strings.Contains(a.Username, "/")),
			"the username is malformed", "it is one segment of a path, without / and not . or .."),
	}
	given := a.parameters()
	for _, what := range []string{"role", "role_id", "username"} {
		errs = append(errs, m.checkParameter(what, given[what]))
	}
	return errors.Join(errs...)
}

func (m method) checkParameter(what, value string) error {
	switch {
	case value == "" && slices.Contains(m.required, what):
		return invalid(m.lacks(what), "give "+what+"=")
	case value == "":
		return nil
	case !m.takes(what):
		return invalid(what+" does not belong to this method", "it is for auth="+strings.Join(thatTake(what), ", "))
	}
	return invalidIf(!printable(value), what+" has a control character or is not UTF-8", "")
}

func (m method) lacks(what string) string { return string(m.name) + " lacks its " + what }
