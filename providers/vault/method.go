package vault

import "slices"

// method describes what a login method takes. Opening, checking and logging in all
// read this table, so they can't differ. A new method is a new row, a constant, and
// a case in loginRequest if its body has another form.
type method struct {
	name AuthMethod
	// credential is the name of the credential in the body of the login, and in a
	// config string before _env= and _file=. Empty means that the method has none.
	// The two names are the same on purpose: a user who knows the API knows the
	// parameter.
	credential string
	// needs says that the method can't log in without the credential. It is false
	// if the method has a default, or if the server decides: only the server knows
	// whether an AppRole has bind_secret_id.
	needs bool
	// required and optional are its other parameters: role, role_id, username.
	required, optional []string
}

// methods is a function and not a variable, so that no code can change a row. The
// order follows the documentation, and hints list the methods in this order.
func methods() []method {
	return []method{
		{name: AuthToken, credential: "token"},
		{name: AuthNone},
		{name: AuthAppRole, credential: "secret_id", required: []string{"role_id"}},
		// The pod's service account is the default, so the method does not need a
		// credential in the link.
		{name: AuthKubernetes, credential: "jwt", required: []string{"role"}},
		{name: AuthJWT, credential: "jwt", needs: true, optional: []string{"role"}},
		{name: AuthUserpass, credential: "password", needs: true, required: []string{"username"}},
		{name: AuthCert, optional: []string{"role"}},
	}
}

// methodOf returns the method of that name, and whether there is one.
func methodOf(name AuthMethod) (method, bool) {
	all := methods()
	i := slices.IndexFunc(all, func(m method) bool { return m.name == name })
	if i < 0 {
		return method{}, false
	}
	return all[i], true
}

// logsIn reports whether there is a call that makes a token.
func (m AuthMethod) logsIn() bool { return m != AuthToken && m != AuthNone }

// takes reports whether the method has a parameter or credential of that name.
func (m method) takes(what string) bool {
	return m.credential == what || slices.Contains(m.required, what) || slices.Contains(m.optional, what)
}

// thatTake names the methods that have a parameter or credential of that name.
func thatTake(what string) []string {
	var names []string
	for _, m := range methods() {
		if m.takes(what) {
			names = append(names, string(m.name))
		}
	}
	return names
}

func methodNames() []string {
	var names []string
	for _, m := range methods() {
		names = append(names, string(m.name))
	}
	return names
}

// parameters are the parameters of a login besides its credential.
func (a Auth) parameters() map[string]string {
	return map[string]string{"role": a.Role, "role_id": a.RoleID, "username": a.Username}
}
