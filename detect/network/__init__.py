"""Who belongs together: the incidence of merchants and identifiers, and the engines that read it."""
