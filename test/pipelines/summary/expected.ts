/** The 229 figures of the made-up county in print order, worked out by hand; README.md has the working. */
const part = (text: string): string[] => text.trim().split(/\s+/);

export const EXPECTED: readonly string[] = [
  // 1–11: people, standards, what the year should bring in, carry-over, available.
  ...part("0.0200 215 12.0 410 6.1 230 3.75 350 2.15 3.00 15.00"),
  // 12–20: spending; 21–26: visits; 27–29: progress.
  ...part("4.83 3.34 2.99 0.35 0.15 0.24 0.80 0.30 0.10"),
  ...part("22 10 4 1 5 2"),
  ...part("4.83 40.3 32.20"),
  // 30–31: rate of stays; 32–39: stays by level and their proportion; 40–46: growth.
  ...part("5.0 -1.00"),
  ...part("10 1 3 1 3 1 2 10:30:30:10:20"),
  ...part("11.11 0.00 -25.00 -50.00 50.00 0.00 100.00"),
  // 47–53: rate of reimbursement.
  ...part("55.67 45.00 51.00 55.00 70.00 70.00 80.00"),
  // 54–72: fee, share, growth.
  ...part("6.00 2.00 33.33 2.00 0.40 33.33 1.50 25.00 0.30 5.00 0.20 3.33"),
  ...part("7.14 25.00 -16.67 -60.00 25.00 25.00 25.00"),
  // 73–91: reimbursement, share, growth.
  ...part("3.34 0.90 26.95 1.02 0.22 30.54 1.05 31.44 0.21 6.29 0.16 4.79"),
  ...part("16.38 50.00 -15.00 -56.00 31.25 40.00 33.33"),
  // 92–105: average fee and its growth.
  ...part("6000.00 20000.00 6666.67 4000.00 5000.00 3000.00 1000.00"),
  ...part("-3.57 25.00 11.11 -20.00 -16.67 25.00 -37.50"),
  // 106–118: paid by case, stays and outpatients.
  ...part("3 50.00 1 33.33 1 100.00 1 50.00"),
  ...part("5 2 1 1 1"),
  // 119–132: outpatient pooling.
  ...part("4 1 25.00 2 50.00 1 25.00"),
  ...part("0.80 0.30 37.50 0.40 50.00 0.10 12.50"),
  // 133–149: employees, their funds' income, balance, expense.
  ...part("42 30 12"),
  ...part("7.40 4.00 2.50 0.30 0.60"),
  ...part("21.45 11.00 8.5 0.70 1.30"),
  ...part("3.00 2.05 0.10 0.20"),
  // 150–165: employees' benefits and visits.
  ...part("1.61 0.77 0.40 0.09 0.12 0.15 0.05 0.03"),
  ...part("11 1 1 1 2 1 2 3"),
  // 166–190: audits.
  ...part("2 1200 1100 100 15.23 8.00 600 550 50 9.87 1.20 4.56"),
  ...part("45 21 310 160 30 152 6 14 20 112 7 23.11 19.00"),
  // 191–219: certifications and the registered poor.
  ...part("2 1500 320 180 2000 15000 11000"),
  ...part("9000 7000 2000 1234.56 234 1000.56 988 180.00 807.60 600.00 120.00 480.00"),
  ...part("150.00 10.00 140.00 187.60 40.00 147.60 30.00 5.00 25.00 123.45"),
  // 220–229: 公费医疗.
  ...part("120 20 100 500 1300 234.56 300 34.56 1000 200.00"),
];
