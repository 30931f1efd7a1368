/** An account with the roles the signed-in person may use in it. */
export interface AssignedAccount {
  accountId: string;
  accountName: string;
  emailAddress: string;
  roles: string[];
}

export function defaultAccounts(): AssignedAccount[] {
  return [
    {
      accountId: "123456789011",
      accountName: "Development",
      emailAddress: "dev@example.com",
      roles: ["ReadOnly", "Admin"],
    },
    {
      accountId: "210987654321",
      accountName: "Production",
      emailAddress: "prod@example.com",
      roles: ["ReadOnly"],
    },
  ];
}

/** `count` accounts named `account-0001` and on, each with the roles `role-01` and on. */
export function generateAccounts(count: number, rolesEach: number): AssignedAccount[] {
  const roles = Array.from({ length: rolesEach }, (_, i) => `role-${String(i + 1).padStart(2, "0")}`);
  return Array.from({ length: count }, (_, i) => {
    const number = String(i + 1).padStart(4, "0");
    return {
      accountId: String(100_000_000_001 + i),
      accountName: `account-${number}`,
      emailAddress: `account-${number}@example.com`,
      roles: [...roles],
    };
  });
}
